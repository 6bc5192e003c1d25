# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one HTTP client: session, TLS, timeouts, retries, redaction, call counts. It knows no vendor and no Ansible."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from .._errors import InvalidInput, Kind, LicensingError, OutOfTime
from .addresses import Proxy, checked_base_url, proxy_for, refuse_plain_http, verification
from .connections import BoundedAdapter, Bounds, body_of
from .failures import Attempt, broke_off, failure_of
from .rate_limit import RateLimit
from .redaction import Redactor
from .response import Purpose, Response
from .retry import READS, Gate, RetryPolicy
from .transport import CallCounts, Transport

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    import urllib3.exceptions
    from requests import Session
    from requests.auth import AuthBase
    from requests.utils import select_proxy
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
    AuthBase = Session = object  # type: ignore[assignment,misc]

# One try may take so many times ``timeout``, whatever the server sends meanwhile.
WHOLE = 10
# Seconds by which max_runtime may be passed to read what became of a write.
GRACE = 60.0


class HttpClient:
    """Calls one server over one session that all workers share.

    ``proceed`` is asked before each call, while waiting, and about once a second while an answer comes that can be
    done without; it raises when the task must not go on.
    """

    def __init__(self, base_url: str, transport: Transport, redactor: Redactor, proceed: Callable[[], None]) -> None:
        self.base_url = checked_base_url(base_url)
        self.redactor = redactor
        self.counts = CallCounts()
        self._transport = transport
        self._proceed = proceed
        self._lock = threading.Lock()
        self._calling = threading.local()
        self._gate = Gate(self._ask)
        self.limit = RateLimit(
            self._gate,
            max_wait=None if transport.wait_for_limit else transport.max_wait,
            in_flight=transport.connections,
        )
        self._policy = RetryPolicy.build(
            max_retries=transport.max_retries,
            max_wait=transport.max_wait,
            wait_for_limit=transport.wait_for_limit,
            gate=self._gate,
            on_retry=self._count_retry,
        )
        self._bounds = Bounds(
            part=transport.timeout,
            whole=transport.timeout * WHOLE,
            size=transport.max_response_size * 1024**2,
            ask=self._ask_while_reading,
        )
        self._verify = verification(self.base_url, transport.ca_path if transport.validate_certs else False)
        self._proxy: Proxy | None = None
        self._session = self._build_session()
        if not transport.allow_plain_http:
            refuse_plain_http(self.base_url, self._proxy)

    def _build_session(self) -> requests.Session:
        session = _Session()
        adapter = BoundedAdapter(self._bounds, pool_maxsize=self._transport.connections, max_retries=self._policy)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        # A cookie of one answer must not sign in the next call, and a shared jar is not safe between threads.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Only what is unpacked here within bounds.
        session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip"})
        # It logs each repeated call with its whole URL, in which Yext's key stands.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)
        # What the environment says of proxies and certificates; requests would look there for every call.
        settings = session.merge_environment_settings(self.base_url, {}, None, self._verify, None)
        session.trust_env = False
        session.proxies = settings["proxies"]
        self._proxy = proxy_for(self.base_url, select_proxy(self.base_url, session.proxies))
        if self._proxy is not None:
            self.redactor.add(*self._proxy.secrets)
        self._verify = settings["verify"] or False
        if self._verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return session

    def call(
        self,
        method: str,
        path: str,
        *,
        purpose: Purpose,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Make one call and return its answer, whatever the status, except a redirect.

        ``path`` begins with ``/`` and is escaped already (see ``path_of``). Raises ApiError (CONNECTION, TLS, TIMEOUT,
        PROTOCOL, REDIRECTED), and OutcomeUnknown where a write may or may not have happened.
        """
        _refuse_unsendable(headers or {})
        self._gate.wait()
        self._ask()
        self._count(purpose)
        answer = self._send(
            purpose,
            method,
            self.base_url + path,
            params=params,
            headers={} if json_body is None else {"Content-Type": "application/json"},
            data=form if json_body is None else json.dumps(json_body),
            auth=_Headers(headers or {}),
        )
        self.limit.note(answer.headers)
        self.counts.rate_limit = self.limit.told
        if purpose is Purpose.WRITE and answer.status == 503:
            self._policy.heed(answer)
        if answer.status == 407 and self._proxy is not None:
            hint = f"Correct the user and the password in {self._proxy.variable}."
            message = f"The proxy that {self._proxy.variable} names refuses the call"
            raise answer.error(message, kind=Kind.CONNECTION, hint=hint)
        if 300 <= answer.status < 400:
            target = answer.headers.get("Location", "somewhere else")
            raise answer.error(
                f"The server redirects to {target}", kind=Kind.REDIRECTED, hint="Use the address it redirects to."
            )
        return answer

    def pause_to_reread(self, seconds: float) -> None:
        """Wait before what a write has become is read once more. Raises when nobody waits for the result any more."""
        with self.settling():
            self._gate.pause(seconds)
        with self._lock:
            self.counts.rereads += 1

    @contextlib.contextmanager
    def settling(self) -> Iterator[None]:
        """While a worker reads what became of a write: it is to be known, so ``max_runtime`` may be passed a little."""
        self._calling.settles = True
        try:
            yield
        finally:
            self._calling.settles = False

    def _ask(self) -> None:
        """Raise when the task must not go on."""
        try:
            self._proceed()
        except OutOfTime as over:
            if over.seconds > GRACE or not getattr(self._calling, "settles", False):
                raise

    def _send(self, purpose: Purpose, method: str, url: str, **arguments: Any) -> Response:
        policy = self._policy
        self._calling.purpose = purpose
        while True:
            try:
                response = self._session.request(
                    method,
                    url,
                    allow_redirects=False,  # a followed PUT becomes a GET that "succeeds" elsewhere
                    verify=self._verify,  # on each request: the session's own loses against REQUESTS_CA_BUNDLE
                    timeout=self._transport.timeout,
                    stream=True,
                    **arguments,
                )
                with contextlib.closing(response):
                    body = body_of(response.raw, response.headers, self._bounds.size)
            except (OSError, ValueError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
                if method not in READS or not broke_off(error):
                    raise self._failure(purpose, method, url, error) from error
                # urllib3 repeats only what broke before the head of the answer.
                try:
                    policy = policy.increment(method, url, error=urllib3.exceptions.ProtocolError(str(error)))
                except urllib3.exceptions.MaxRetryError:
                    raise self._failure(purpose, method, url, error) from error
                policy.sleep()
            else:
                shown = self.redactor.text(response.url)
                return Response(self.redactor, purpose, method, shown, response.status_code, response.headers, body)

    def _ask_while_reading(self) -> None:
        """What a write has done is to be known, so its answer is waited for as long as it may take."""
        if self._calling.purpose is not Purpose.WRITE:
            self._ask()

    def _failure(self, purpose: Purpose, method: str, url: str, error: Exception) -> LicensingError:
        attempt = Attempt(
            method=method,
            url=url,
            is_write=purpose is Purpose.WRITE,
            part=self._bounds.part,
            whole=self._bounds.whole,
            proxy=self._proxy.variable if self._proxy is not None else None,
        )
        return failure_of(error, attempt, self.redactor)

    def _count(self, purpose: Purpose) -> None:
        with self._lock:
            setattr(self.counts, purpose.value, getattr(self.counts, purpose.value) + 1)

    def _count_retry(self) -> None:
        with self._lock:
            self.counts.retries += 1


class _Session(Session):
    """A session that never looks where a redirect leads, not even to prepare for it."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _Headers(AuthBase):
    """Sets headers at the last moment. Given on every call, it also keeps requests from reading ``~/.netrc``."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


def _refuse_unsendable(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not value.isascii() or not value.isprintable():
            raise InvalidInput(f"The {name} header cannot be sent: the token has a line break or another odd character")
