# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: rules that say which calls meet what."""

import dataclasses
import json
import re
import time
from email.utils import formatdate
from typing import Annotated, Any, Literal

from .call_log import LoggedCall
from .reading import UnreadableError, at_least, at_most, describe, fields_of, read
from .routes import Kind
from .web import Reply

Positive = Annotated[int, at_least(1)]
Seconds = Annotated[float, at_least(0)]
_REDIRECTION = 300
_HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


def _is_pattern(value: str) -> str | None:
    try:
        re.compile(value)
    except re.error as error:
        return f"{value!r} is no regular expression: {error}"
    return None


@dataclasses.dataclass
class Match:
    """Which calls a rule is about. Counting starts with 1, over the calls that fit method, path, kind and operation."""

    method: str | list[str] | None = None
    path: Annotated[str, _is_pattern] | None = None
    kind: Kind | list[Kind] | None = None
    operation: str | list[str] | None = None
    nth: Positive | None = None
    every: Positive | None = None
    from_: Positive = 1
    times: Positive | None = None

    def fits(self, call: LoggedCall) -> bool:
        """Whether the call is one that this rule counts."""
        return (
            _is_among(call.method, self.method)
            and _is_among(call.kind, self.kind)
            and _is_among(call.operation, self.operation)
            and (self.path is None or re.search(self.path, call.path) is not None)
        )

    def takes(self, count: int, hits: int) -> bool:
        """Whether the ``count``-th fitting call is met, after ``hits`` that were."""
        if self.nth is not None:
            return count == self.nth
        if count < self.from_ or (self.times is not None and hits >= self.times):
            return False
        return self.every is None or (count - self.from_ + 1) % self.every == 0


@dataclasses.dataclass
class Effect:
    """What happens to a call. Times in seconds; the later of two rules fills only what the earlier leaves open."""

    acts: bool | None = None
    status: Annotated[int, at_least(200), at_most(599)] | None = None
    body: object = None
    headers: dict[str, str] | None = None
    html: bool | str | None = None
    redirect: str | None = None
    reset: Literal[True] | None = None
    truncate: bool | Annotated[int, at_least(0)] | None = None
    delay: Seconds | None = None
    delay_after: Seconds | None = None
    retry_after: Annotated[int, at_least(0)] | None = None
    retry_after_date: Annotated[int, at_least(0)] | None = None
    rate_limit_reset: Annotated[int, at_least(0)] | None = None
    token_calls: Positive | None = None
    token_seconds: Seconds | None = None
    expire_token: Literal[True] | None = None

    @property
    def replaces(self) -> bool:
        """Whether the call gets another answer than its own."""
        return any(value is not None for value in (self.status, self.body, self.redirect)) or bool(self.html)

    @property
    def server_acts(self) -> bool:
        """Whether the server carries the call out; unless said, only where its own answer is sent."""
        return self.acts if self.acts is not None else not (self.replaces or self.reset)

    def fill(self, other: "Effect") -> None:
        """Take from ``other`` what this effect leaves open."""
        for field in dataclasses.fields(self):
            if getattr(self, field.name) is None:
                setattr(self, field.name, getattr(other, field.name))

    def apply(self, reply: Reply, refusal: Reply) -> Reply:
        """The answer to send; ``refusal`` is the vendor's own way to word the status."""
        if self.replaces:
            reply = self._replacement(refusal)
        reply.headers.update(self.headers or {})
        now = time.time()
        if self.retry_after is not None:
            reply.headers["Retry-After"] = str(self.retry_after)
        if self.retry_after_date is not None:
            reply.headers["Retry-After"] = formatdate(now + self.retry_after_date, usegmt=True)
        if self.rate_limit_reset is not None:
            reply.headers["Rate-Limit-Reset"] = str(int(now) + self.rate_limit_reset)
        return reply

    def answer_status(self) -> int:
        """The status of an answer that replaces the call's own."""
        return self.status if self.status is not None else 302 if self.redirect is not None else 200

    def _replacement(self, refusal: Reply) -> Reply:
        status = self.answer_status()
        if self.redirect is not None:
            return Reply(status, headers={"Location": self.redirect})
        if self.html:
            text = self.html if isinstance(self.html, str) else _HTML
            return Reply(status, text.encode(), "text/html; charset=utf-8")
        if isinstance(self.body, str):
            return Reply(status, self.body.encode(), "text/plain; charset=utf-8")
        if self.body is not None:
            return Reply(status, json.dumps(self.body).encode(), "application/json")
        return refusal if status >= _REDIRECTION else Reply(status)


@dataclasses.dataclass
class Rule:
    """One fault: a match and an effect, with a name for the log of calls."""

    effect: Effect
    match: Match = dataclasses.field(default_factory=Match)
    name: str | None = None


class Faults:
    """The rules in force, with how many calls each counted and met."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._counts: list[list[int]] = []

    def set(self, value: object) -> None:
        """Replace all rules by a list of them. Raises UnreadableError with a sentence that names the place."""
        try:
            rules = read(list[Rule], _with_from_renamed(value), "faults")
        except UnreadableError as error:
            raise UnreadableError(str(error).replace("from_", "from")) from error
        for index, rule in enumerate(rules):
            if rule.match.nth is not None and (rule.match.every or rule.match.times or rule.match.from_ > 1):
                raise UnreadableError(f"faults[{index}].match: nth stands alone, without every, from and times")
            if rule.effect == Effect():
                raise UnreadableError(f"faults[{index}].effect: says nothing")
        self._rules = rules
        self._counts = [[0, 0] for dummy in rules]

    def clear(self) -> None:
        """Remove all rules."""
        self.set([])

    def meet(self, call: LoggedCall) -> Effect:
        """What the call meets; empty where no rule takes it."""
        effect = Effect()
        names = []
        for index, (rule, counts) in enumerate(zip(self._rules, self._counts, strict=True)):
            if rule.match.fits(call):
                counts[0] += 1
                if rule.match.takes(*counts):
                    counts[1] += 1
                    effect.fill(rule.effect)
                    names.append(rule.name or f"faults[{index}]")
        call.fault = ", ".join(names) or None
        return effect

    def show(self) -> list[dict[str, Any]]:
        """The rules, each with how many calls it counted and met."""
        shown = []
        for rule, (counted, met) in zip(self._rules, self._counts, strict=True):
            fields = {key: value for key, value in dataclasses.asdict(rule.match).items() if value is not None}
            fields["from"] = fields.pop("from_")
            effect = {key: value for key, value in dataclasses.asdict(rule.effect).items() if value is not None}
            shown.append({"name": rule.name, "match": fields, "effect": effect, "counted": counted, "met": met})
        return shown


def describe_faults() -> dict[str, dict[str, str]]:
    """The fields of a rule's match and effect, each with what it takes."""
    match = {name.rstrip("_"): describe(kind) for name, kind in fields_of(Match).items()}
    return {"match": match, "effect": {name: describe(kind) for name, kind in fields_of(Effect).items()}}


def _is_among(value: str | None, wanted: str | list[Any] | None) -> bool:
    return wanted is None or value == wanted or (isinstance(wanted, list) and value in wanted)


def _with_from_renamed(value: object) -> object:
    # "from" is a word of Python and cannot name a field.
    if not isinstance(value, list):
        return value
    renamed = []
    for rule in value:
        if isinstance(rule, dict) and isinstance(rule.get("match"), dict) and "from" in rule["match"]:
            match = {"from_" if key == "from" else key: item for key, item in rule["match"].items()}
            renamed.append({**rule, "match": match})
        else:
            renamed.append(rule)
    return renamed
