# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exception of requests or urllib3 means: which kind of failure, and whether the server may have acted."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from typing import Any

from .._errors import ApiError, InvalidInput, Kind, LicensingError, OutcomeUnknown
from .._visible_text import visible
from .connections import AnswerOverdue, UnfitAnswer
from .redaction import Redactor

try:
    import urllib3.exceptions
    from requests import exceptions
except ImportError:  # client.py tells it to the user, once for all libraries
    pass

# What OpenSSL calls it when something else than TLS answers.
NO_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"}
LONGEST = 500  # characters of what an exception says


@dataclass(frozen=True, slots=True)
class Attempt:
    """The call that failed. ``proxy``: the variable that names the proxy it went through. Times in seconds."""

    method: str
    url: str
    is_write: bool
    part: float
    whole: float
    proxy: str | None


def failure_of(error: Exception, attempt: Attempt, redactor: Redactor) -> LicensingError:
    """The failure behind an exception: an ApiError, or an OutcomeUnknown where the server may have acted on a write."""
    method, address, cause = attempt.method, redactor.text(attempt.url), redactor.text(root_cause(error))
    if _was_not_sent(error):
        return InvalidInput(f"No call can be made to {address}: {cause}")
    error_type = OutcomeUnknown if attempt.is_write and not never_connected(error) else ApiError
    kind, message, hint = _meaning(error, attempt, address, cause)
    return error_type(kind, message, hint=hint, method=method, url=address)


def _meaning(error: Exception, attempt: Attempt, address: str, cause: str) -> tuple[Kind, str, str | None]:
    """The kind of failure, its sentence and the way out."""
    place = f"{attempt.method} {address}"
    root = root_of(error)
    if isinstance(root, AnswerOverdue):
        hint = "The server sends its answer too slowly: raise timeout, or see whether the server is well."
        return Kind.TIMEOUT, f"{place}: the answer was not complete within {attempt.whole:g} s", hint
    if isinstance(root, UnfitAnswer):
        return Kind.PROTOCOL, f"{place}: {cause}", "Is it the API that answers, and does nothing stand before it?"
    if attempt.proxy is not None and isinstance(reason_of(error), urllib3.exceptions.ProxyError):
        hint = f"Correct {attempt.proxy} and the user and password in it, or name the host in NO_PROXY."
        return Kind.CONNECTION, f"{place}: the proxy that {attempt.proxy} names refuses or is not there: {cause}", hint
    if isinstance(error, (exceptions.SSLError, urllib3.exceptions.SSLError)):
        hint = "Name your certificate authority's file in ca_path, or correct the host name."
        if getattr(root, "reason", None) in NO_TLS:
            hint = "What answers there speaks no TLS: correct the port, or write http where that is meant."
        elif isinstance(root, (ssl.SSLEOFError, ConnectionError)):
            hint = "The other side broke off: does TLS belong to this port, and does a firewall stand between?"
        return Kind.TLS, f"TLS to {address} failed: {cause}", hint
    return _meaning_of_break(error, attempt, place, cause)


def _meaning_of_break(error: Exception, attempt: Attempt, place: str, cause: str) -> tuple[Kind, str, str | None]:
    """The same for a connection that was not made, fell silent or broke."""
    if timed_out(error):
        hint = "Raise timeout if the server is slow, or see whether it is well."
        return Kind.TIMEOUT, f"{place}: no answer within {attempt.part:g} s", hint
    if broke_off(error):
        return Kind.PROTOCOL, f"{place}: the answer broke off or is garbled", None
    hint = "Is the address right, and does a firewall or a proxy stand between?"
    if isinstance(root_of(error), http.client.BadStatusLine) and attempt.url.startswith("http:"):
        hint = "What answers there may speak TLS only: write https if it does."
    return Kind.CONNECTION, f"{place}: {cause}", hint


def reason_of(error: BaseException) -> object:
    """The exception of urllib3 behind one of requests, without the count of retries around it."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", inner)


def never_connected(error: BaseException) -> bool:
    """Whether this exception means that no connection was made, so that the server cannot have acted."""
    refused = isinstance(root_of(error), ssl.SSLCertVerificationError)
    return refused or isinstance(
        reason_of(error), (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.ProxyError)
    )


def timed_out(error: BaseException) -> bool:
    """Whether the time was over, to connect or within an answer."""
    for one in (error, reason_of(error)):
        if isinstance(one, (exceptions.Timeout, TimeoutError)):
            return True
        if isinstance(one, urllib3.exceptions.TimeoutError):
            return not isinstance(one, urllib3.exceptions.NewConnectionError)
    return False


def broke_off(error: BaseException) -> bool:
    """Whether the answer ended or stalled after its head; what is wrong before has an exception of requests."""
    broken: tuple[Any, ...] = (urllib3.exceptions.ProtocolError, urllib3.exceptions.ReadTimeoutError)
    return isinstance(error, (*broken, urllib3.exceptions.SSLError, http.client.HTTPException)) and not is_final(error)


def is_final(error: BaseException) -> bool:
    """Whether the same call made again would end in the same way, after as long a time."""
    return isinstance(root_of(error), (AnswerOverdue, UnfitAnswer))


def _was_not_sent(error: BaseException) -> bool:
    """Whether the library refused to send the call, which is the fault of its address or its headers."""
    if isinstance(error, exceptions.InvalidHeader):  # also said of a header that came
        return not isinstance(reason_of(error), urllib3.exceptions.InvalidHeader)
    unsendable: tuple[Any, ...] = (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema)
    return isinstance(error, (*unsendable, urllib3.exceptions.LocationValueError, UnicodeError))


def root_of(error: BaseException) -> BaseException:
    """The innermost exception."""
    seen = {id(error)}
    while True:
        wrapped = [getattr(error, "reason", None), error.__cause__, *error.args]
        inner = next((item for item in wrapped if isinstance(item, BaseException) and id(item) not in seen), None)
        if inner is None:
            return error
        error = inner
        seen.add(id(error))


def root_cause(error: BaseException) -> str:
    """What the innermost exception says, such as ``Connection refused``; what a server sent may be a part of it."""
    root = root_of(error)
    if isinstance(root, (http.client.BadStatusLine, http.client.UnknownProtocol)) and not isinstance(root, OSError):
        # It quotes what came, which may be a body without a head, with a token in it that nobody knows to mask yet.
        return "what answers there speaks no HTTP"
    return visible(str(getattr(root, "strerror", None) or str(root) or type(root).__name__)[:LONGEST])
