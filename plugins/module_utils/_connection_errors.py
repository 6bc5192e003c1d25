# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exception of requests means: which kind of failure, and whether the server may have acted."""

from __future__ import annotations

import ssl

from ._errors import ApiError, FateUnknown, InvalidInput, Kind, LicensingError
from ._redaction import Redactor

try:
    import urllib3.exceptions
    from requests import exceptions
except ImportError:  # _http.py tells it to the user, once for all libraries
    pass


def failure_of(
    error: Exception, method: str, url: str, redactor: Redactor, *, timeout: float, is_write: bool
) -> LicensingError:
    """The failure behind an exception: an ApiError, or a FateUnknown where the server may have carried out a write."""
    address, cause = redactor.text(url), redactor.text(root_cause(error))
    facts = {"method": method, "url": address}
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidHeader)):
        return InvalidInput(f"No call can be made to {address}: {cause}")
    error_type = FateUnknown if is_write and not never_connected(error) else ApiError
    if isinstance(error, exceptions.SSLError):
        hint = "Name your certificate authority's file in ca_path, or correct the host name."
        return error_type(Kind.TLS, f"TLS to {address} failed: {cause}", hint=hint, **facts)
    if timed_out(error):
        hint = "Raise timeout if the server is slow, or see whether it is well."
        return error_type(Kind.TIMEOUT, f"{method} {address}: no answer within {timeout:g} s", hint=hint, **facts)
    if isinstance(error, (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError)):
        return error_type(Kind.PROTOCOL, f"{method} {address}: the answer broke off or is garbled", **facts)
    hint = "Is the address right, and does a firewall or a proxy stand between?"
    return error_type(Kind.CONNECTION, f"{method} {address}: {cause}", hint=hint, **facts)


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
    reason = reason_of(error)
    refused = isinstance(reason, urllib3.exceptions.NewConnectionError)
    return isinstance(error, exceptions.Timeout) or (
        isinstance(reason, urllib3.exceptions.TimeoutError) and not refused
    )


def broke_off(error: BaseException) -> bool:
    """Whether the answer ended or stalled after its head."""
    stalled = bool(error.args) and isinstance(error.args[0], urllib3.exceptions.ReadTimeoutError)
    return stalled or isinstance(error, exceptions.ChunkedEncodingError)


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
    """What the innermost exception says, such as ``Connection refused``."""
    root = root_of(error)
    return getattr(root, "strerror", None) or str(root) or type(root).__name__
