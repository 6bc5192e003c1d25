# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server says about a refusal: its words, its code and its trace, in the forms that servers have for them.

Neither vendor documents all of its error bodies. The forms are those of ASP.NET (``errors``, ``title``, ``traceId``),
ABP (``error`` with ``details`` and ``validationErrors``), OAuth (``error_description``), RFC 9457 (``detail``), and of
plain APIs (``message``, ``errorCode``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import LicensingError
from .response import Response

LONGEST = 600  # characters of all reasons together
SEARCHED = 20_000  # characters of one of them that are searched for secrets
MOST = 12  # reasons
ENDS = ".!?:"  # what ends a sentence
DEEPEST = 6  # levels of objects and lists
LISTS = ("errors", "validationErrors")
WORDS = ("message", "errorMessage", "error_description", "title", "detail", "details", "error", *LISTS)
WORDS_OF_AN_ERROR = (*WORDS, "description", "reason")
CODES = ("errorCode", "code", "error")
TRACES = ("traceId", "requestId", "request_id", "correlationId")
TRACE_HEADERS = ("X-Request-Id", "X-Correlation-Id", "Request-Id", "X-Trace-Id", "X-Ms-Request-Id")


@dataclass(frozen=True, slots=True)
class Reasons:
    """What an answer says of itself; each may be missing."""

    text: str = ""
    code: str | int | None = None
    request_id: str | None = None


def reasons_of(answer: Response) -> Reasons:
    """What a refusal says. A body that is no JSON, or of which nothing is known, is told by its beginning."""
    header = next((answer.headers[name] for name in TRACE_HEADERS if answer.headers.get(name)), None)
    try:
        document = answer.document()
    except LicensingError:
        return Reasons(answer.excerpt(), None, header)
    if not isinstance(document, Mapping):
        return Reasons(answer.excerpt(), None, header)
    code = _code_in(document)
    words = bounded(answer, [text for text in words_in(document) if text != code])
    return Reasons(words or str(code or "") or answer.excerpt(), code, _trace_in(document) or header)


def bounded(answer: Response, texts: Iterable[str]) -> str:
    """The texts as one, each once, redacted before they are cut."""
    kept: list[str] = []
    for text in texts:
        if len(kept) < MOST and not any(text in earlier for earlier in kept):
            kept.append(text[:SEARCHED])
    joined = answer.redactor.text("".join(f"{text}{' ' if text[-1:] in ENDS else '; '}" for text in kept))
    joined = joined.rstrip("; ")
    return joined if len(joined) <= LONGEST else f"{joined[:LONGEST]}…"


def words_in(document: Any, depth: int = 0) -> Iterator[str]:
    """The words of a document about an error, outer ones first."""
    if depth > DEEPEST:
        return
    if isinstance(document, str):
        if text := " ".join(document.split()):
            yield text
    elif isinstance(document, list):
        for item in document[:MOST]:
            yield from words_in(item, depth + 1)
    elif isinstance(document, Mapping):
        for name in WORDS_OF_AN_ERROR if depth else WORDS:
            value = document.get(name)
            if name == "title" and any(document.get(better) for better in ("message", "detail", "details")):
                continue  # it says less of the same
            if name in LISTS and isinstance(value, Mapping):  # a list of words for each field
                yield from (f"{field}: {word}" for field, words in value.items() for word in words_in(words, depth + 1))
            else:
                yield from words_in(value, depth + 1)


def _code_in(document: Any) -> str | int | None:
    """The code that a server gives to what went wrong, by which a program can tell it."""
    for one in _objects_about(document):
        for name in CODES:
            value = one.get(name)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value and _is_code(value):
                return value
    return None


def _trace_in(document: Any) -> str | None:
    """The ID under which the server's own log has this call."""
    traces = (one.get(name) for one in _objects_about(document) for name in TRACES)
    return next((trace[:LONGEST] for trace in traces if isinstance(trace, str) and trace), None)


def _objects_about(document: Any) -> Iterator[Mapping[str, Any]]:
    """The document and what it says of its errors, as far as these are objects."""
    if isinstance(document, Mapping):
        yield document
        for name in ("error", "errors"):
            inner = document.get(name)
            for item in inner[:MOST] if isinstance(inner, list) else [inner]:
                if isinstance(item, Mapping):
                    yield item


def _is_code(value: str | int) -> bool:
    return not isinstance(value, str) or (len(value) < 100 and not any(character.isspace() for character in value))
