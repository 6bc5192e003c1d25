# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: what can be called, through which proxy, and what is never sent in the clear."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from .._errors import InvalidInput
from .values import unsendable

LONGEST_NAME = 253  # characters of a host's name, as DNS has it
LONGEST_LABEL = 63
PROXY = re.compile(
    r"(?P<scheme>https?|socks4a?|socks5h?)://"
    r"(?:(?P<user>[^:@/?#\\\s]*)(?::(?P<password>[^@/?#\\\s]*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:@/?#\\\s\[\]]+)(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy between here and a server. ``variable``: who names it, such as ``HTTPS_PROXY``."""

    variable: str
    host: str
    secrets: tuple[str, ...]  # what must not be shown of its address


def path_of(*segments: str) -> str:
    """A path of completely escaped segments: an ID may contain ``/``, ``?``, ``#``, ``%`` and spaces.

    Raises InvalidInput for what would lead elsewhere or cannot be sent: nothing, ``.``, ``..``, half a character,
    control characters. What a server says has been looked at before (see Part.identity).
    """
    for segment in segments:
        if not segment or unsendable(segment) is not None:
            raise InvalidInput(f"{segment!a} cannot be an ID: no address can be made of it")
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def below(path: str) -> str:
    """A path that can be put behind a base URL: with a slash before it and none behind.

    Raises InvalidInput for what is no path.
    """
    inner = path.strip().strip("/")
    odd = not inner.isascii() or not inner.isprintable() or any(character in inner for character in " ?#\\")
    if odd or (inner and {"", ".", ".."} & set(inner.split("/"))):
        raise InvalidInput(f"{path!r} is no path: write it like /lrm, without a host, a query or dots")
    return f"/{inner}" if inner else ""


def checked_base_url(url: str) -> str:
    """The URL without a slash at its end, if it is one that can be called. What may be a secret in it is not shown."""
    stripped = url.strip()
    if any(character in stripped for character in "@?#%\\"):
        raise InvalidInput(
            "This is no base URL (it is not shown, since it may hold a secret): write it like "
            "https://suite.example.com, without user, password or query"
        )
    try:
        parts = urlsplit(stripped)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port that is no number
        usable = False
    if not usable or not stripped.isprintable() or " " in stripped:
        shown = f"{stripped[:200]!r}"
        raise InvalidInput(f"{shown} is no base URL: write it like https://suite.example.com, without user or query")
    if not _is_host(parts.hostname or ""):
        raise InvalidInput(f"No call can be made to {stripped[:200]}: its host has a part that is empty or too long")
    return stripped.rstrip("/")


def proxy_for(url: str, address: str | None) -> Proxy | None:
    """The proxy with this address, as the environment names it for a URL; None where there is none.

    Raises InvalidInput for what is no address. It is never shown, since a password may stand in it.
    """
    if not address:
        return None
    variable = _variable_of(urlsplit(url).scheme)
    match = PROXY.fullmatch(address if "://" in address else f"http://{address}")
    if match is None or not _is_host(match["host"].strip("[]")) or int(match["port"] or 1) not in range(1, 65536):
        raise InvalidInput(
            f"{variable} is no address of a proxy: write it like http://user:password@proxy.example.com:3128",
            hint="Escape what is special in the password, such as # as %23, / as %2F and @ as %40.",
        )
    password = match["password"] or ""
    user = unquote(match["user"] or "")
    secrets = (password, unquote(password), f"{user}:{unquote(password)}") if password else ()
    return Proxy(variable, match["host"].strip("[]"), secrets)


def refuse_plain_http(url: str, proxy: Proxy | None) -> None:
    """Raise InvalidInput where a call to this URL would show its secrets to everybody on the way."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return  # a proxy only passes on what is encrypted
    hint = "Use an https address, or set allow_plain_http: true where everybody on the way may read along."
    if not _is_loopback(parts.hostname or ""):
        raise InvalidInput(f"Nothing is sent to {url}: plain HTTP shows the sign-in to everybody on the way", hint=hint)
    if proxy is not None and not _is_loopback(proxy.host):
        message = f"Nothing is sent to {url} through the proxy that {proxy.variable} names: it is plain HTTP"
        raise InvalidInput(message, hint=hint)


def verification(url: str, authority: str | Literal[False] | None) -> bool | str:
    """What requests takes as ``verify``, for the certificates of an authority, those it knows, or False for none.

    Raises InvalidInput where certificates are named that are not there.
    """
    if authority is False:
        return False
    if not authority:
        if url.startswith("https:"):
            _refuse_missing_bundle()
        return True
    if "\0" in authority or not os.path.exists(authority):
        raise InvalidInput(f"ca_path: there is no file or folder {authority!r}")
    return authority


def _refuse_missing_bundle() -> None:
    # requests looks for them in this order.
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        path = os.environ.get(variable)
        if path:
            if not os.path.exists(path):
                hint = "Correct or unset it, or name the certificates in ca_path."
                raise InvalidInput(f"{variable}: there is no file or folder {path!r}", hint=hint)
            return


def _variable_of(scheme: str) -> str:
    """The variable that names the proxy for a scheme; small letters win, as in requests."""
    for name in (f"{scheme}_proxy", "all_proxy"):
        named = sorted((key for key, value in os.environ.items() if value and key.lower() == name), reverse=True)
        if named:
            return named[0]
    return "the proxy of this system"


def _is_host(name: str) -> bool:
    """Whether a name can be looked up: no part of it is empty or too long, in the form in which it is sent."""
    name = name.removesuffix(".")
    try:
        sent = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return False
    labels = sent.split(".")
    return len(sent) <= LONGEST_NAME and all(0 < len(label) <= LONGEST_LABEL for label in labels)


def _is_loopback(host: str) -> bool:
    if host.lower().removesuffix(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
