# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of a task on a bad day: judged by what the server holds and what the module tells."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.tenantops.licensing.plugins.module_utils._errors import Kind
from ansible_collections.tenantops.licensing.tests.unit.bad_days.faults_secrets import spellings
from ansible_collections.tenantops.licensing.tests.unit.bad_days.running import Holdings, Ran, place
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SECRETS, Scenario

DOUBT = "or the list is incomplete"  # of a warning about an empty list
LONGEST = 15.0  # seconds, where the timeout is 0.3
MOST_CALLS = 1500
MOST_MEGABYTES = 200.0
KINDS = frozenset(kind.value for kind in Kind)
UNKNOWN = "unknown"
CHANGED = frozenset({"created", "updated", "removed"})


@dataclass(frozen=True)
class Case:
    """One task that ran with a fault, and the same task without one.

    ``unplannable``: nothing may be written at all. ``invents``: the fault tells of what nobody holds, in a row that
    reads well; repeating that is no wrong report. ``renames``: it gives another name to what the task does not
    name, and who could know?
    """

    scenario: Scenario
    good: Ran
    ran: Ran
    unplannable: bool = False
    invents: bool = False
    renames: bool = False

    @property
    def result(self) -> dict[str, Any]:
        return self.ran.result or {}

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def told(self) -> bool:
        """Whether there is a result that can be held against the server."""
        return self.ran.result is not None and self.ran.raised is None

    @property
    def informs(self) -> bool:
        return self.scenario.module_name.endswith(("_info", "_login"))


@dataclass(frozen=True)
class Entry:
    """One entry as the module tells it; ``after`` None for nothing, UNKNOWN where it does not tell, as ``before``."""

    where: str
    outcome: str
    before: Any
    after: Any
    failure: Mapping[str, Any]


def judge(case: Case) -> list[str]:
    """Each rule that is broken, and how; none on a day that went as well as it could."""
    found = ((name, rule(case)) for name, rule in RULES.items())
    return [f"{name}: {what}" for name, what in found if what is not None]


def outcome_of(ran: Ran) -> str:
    """How the task ended, in one word or two."""
    result = ran.result
    if result is None or ran.raised is not None:
        return "no result"
    if not result.get("failed"):
        return "as wanted"
    return str((result.get("failure") or {}).get("kind", "without a kind"))


# The end


def _ends(case: Case) -> str | None:
    return f"{case.ran.seconds:.1f} s" if case.ran.seconds > LONGEST else None


def _calls_are_bounded(case: Case) -> str | None:
    return f"{len(case.ran.calls)} calls" if len(case.ran.calls) > MOST_CALLS else None


def _memory_is_bounded(case: Case) -> str | None:
    return f"{case.ran.megabytes:.0f} MB" if case.ran.megabytes > MOST_MEGABYTES else None


def _one_result(case: Case) -> str | None:
    if case.ran.raised is not None:
        return case.ran.raised.strip().splitlines()[-1]
    if case.ran.result is None:
        return f"no JSON object: {case.ran.printed[:200]!r}"
    if (case.ran.code != 0) is not case.failed:
        return f"code {case.ran.code} with failed {case.failed}"
    return None


def _no_traceback(case: Case) -> str | None:
    return "a traceback" if "Traceback (most recent" in case.ran.printed else None


def _kind_is_documented(case: Case) -> str | None:
    if not case.told:
        return None
    failures = [case.result.get("failure")] if case.failed else []
    failures += [entry["failure"] for entry in case.result.get("entries", []) if "failure" in entry]
    for failure in failures:
        if not isinstance(failure, Mapping) or failure.get("kind") not in KINDS or not failure.get("message"):
            return f"{failure!r:.200}, msg {case.result.get('msg')!r:.200}"
    return None


# What the server holds


def _no_write_on_what_is_unreadable(case: Case) -> str | None:
    writes = [call.key for call in case.ran.calls if call.kind == "write"]
    return f"{writes[0]}" if case.unplannable and writes else None


def _no_foreign_call(case: Case) -> str | None:
    foreign = [call.key for call in case.ran.calls if call.operation is None]
    return foreign[0] if foreign else None


def _no_write_in_check_mode(case: Case) -> str | None:
    if not case.scenario.check_mode and not case.informs:
        return None
    writes = [call.key for call in case.ran.calls if call.kind == "write"]
    return writes[0] if writes else None


def _unchanged_is_true(case: Case) -> str | None:
    if not case.told or case.result.get("changed") or case.ran.after == case.ran.before:
        return None
    return f"changed false; {_difference(case.ran.before, case.ran.after)}"


def _changed_is_true(case: Case) -> str | None:
    """Where something is told as changed it was, unless the fate of something is told as unknown."""
    if not case.told or not case.result.get("changed") or case.scenario.check_mode:
        return None
    unknown = any(entry.after == UNKNOWN for entry in entries_of(case.result))
    return "changed true, and nothing was" if case.ran.after == case.ran.before and not unknown else None


def _success_is_what_was_wanted(case: Case) -> str | None:
    if not case.told or case.failed or case.renames or case.ran.after == case.good.after:
        return None
    return _difference(case.good.after, case.ran.after)


def _nothing_is_lost(case: Case) -> str | None:
    for where, what in case.ran.before.items():
        wanted, now = case.good.after.get(where), case.ran.after.get(where)
        if isinstance(what, str):
            if wanted is not None and now is None:
                return f"{where} held a licence and holds none"
            continue
        floor = _smaller(what, wanted if isinstance(wanted, Mapping) else {})
        held = now if isinstance(now, Mapping) else {}
        lost = [f"{code} {held.get(code, 0)} of {least}" for code, least in floor.items() if held.get(code, 0) < least]
        if lost:
            return f"{where}: {', '.join(lost)}"
    return None


def _nothing_is_more(case: Case) -> str | None:
    for where, now in case.ran.after.items():
        what, wanted = case.ran.before.get(where), case.good.after.get(where)
        if isinstance(now, str):
            begun = "never" if what is None and wanted is not None else wanted  # assigned, and its end not yet set
            if now not in (what, wanted, begun):
                return f"{where} ends {now}, and {what} or {wanted} was right"
            continue
        tops = [side for side in (what, wanted) if isinstance(side, Mapping)]
        for code, quantity in now.items():
            if quantity > max((side.get(code, 0) for side in tops), default=0):
                return f"{where}: {code} {quantity}"
    return None


def _report_is_the_server(case: Case) -> str | None:
    if not case.told or case.scenario.check_mode or case.renames:
        return None
    wrong = (_of_what_is_held(case, entry) or _of_what_was_done(case, entry) for entry in entries_of(case.result))
    return next((text for text in wrong if text is not None), None)


def _of_what_is_held(case: Case, entry: Entry) -> str | None:
    """Where the entry tells something else than what was held, or is."""
    now, before = case.ran.after.get(entry.where), case.ran.before.get(entry.where)
    if case.invents and entry.where not in case.ran.before and entry.where not in case.good.after:
        return None
    said = f"{entry.where} {entry.outcome}: told"
    if entry.before != UNKNOWN and (_real(case, entry.before) or None) != before:
        return f"{said} {entry.before}, held {before} before"
    if entry.after != UNKNOWN and (_real(case, entry.after) or None) != now:
        return f"{said} {entry.after}, held {now}"
    if entry.outcome == "failed" and "held" in entry.failure and not _rolls_back(case):
        told = _real(case, _held(entry.failure["held"]))
        return f"{said} with the failure {told}, held {now}" if (told or None) != now else None
    return None


def _of_what_was_done(case: Case, entry: Entry) -> str | None:
    """Where the entry's outcome is not what came of it."""
    now, before, wanted = (side.get(entry.where) for side in (case.ran.after, case.ran.before, case.good.after))
    if entry.outcome in ("unchanged", "rolled_back", "not_attempted") and now != before:
        return f"{entry.where} {entry.outcome}: held {before} before and {now} now"
    if entry.outcome in CHANGED and now != wanted:
        return f"{entry.where} {entry.outcome}: held {now}, wanted {wanted}"
    return None


def _real(case: Case, told: Any) -> Any:
    """What is told, without the codes that a fault invented."""
    if not case.invents or not isinstance(told, Mapping):
        return told
    sides = [what for side in (case.ran.before, case.good.after) for what in side.values() if isinstance(what, Mapping)]
    return {code: quantity for code, quantity in told.items() if any(code in side for side in sides)}


def _prediction_is_the_same(case: Case) -> str | None:
    if not case.told or case.failed or not case.scenario.check_mode or case.invents or case.renames:
        return None
    names = ("changed", "entries", "license", "assignment", "outcome", "diff")
    wrong = [name for name in names if _stable(case.result.get(name)) != _stable((case.good.result or {}).get(name))]
    return f"{wrong[0]} is another" if wrong else None


def _what_is_told_is_true(case: Case) -> str | None:
    """What a module for information tells is what the task tells on a good day."""
    if not case.told or case.failed or not case.informs or case.renames:
        return None
    good = case.good.result or {}
    if case.scenario.module_name == "license_audit_info":
        return _findings_differ(case, good)
    for name in ("license", "licenses", "assignments", "license_packs", "pool"):
        if case.result.get(name) == [] and DOUBT in json.dumps(case.result.get("warnings")):
            continue  # an empty list is in the contract, and the user is told what speaks against it
        if name in good and not _agrees(case.result.get(name), good[name], case.invents):
            return f"{name}: {case.result.get(name)!r:.300}"
    return None


def _findings_differ(case: Case, good: Mapping[str, Any]) -> str | None:
    """Of places that could not be read nothing else is to be told; everything else is."""

    def drift(told: Mapping[str, Any]) -> set[tuple[Any, ...]]:
        names = ("organization_id", "tenant_id", "service_type", "license_pack_id", "entity_id", "code", "kind", "held")
        found = [finding for finding in told["findings"] if finding["concern"] == "drift"]
        return {tuple(json.dumps(finding.get(name)) for name in names) for finding in found}

    result = case.result
    unread = [finding for finding in result["findings"] if finding["concern"] == "reading"]
    dark = {json.dumps(finding.get(name)) for finding in unread for name in ("organization_id", "license_pack_id")}
    dark -= {"null"}
    told, wanted = drift(result), drift(good)
    if (more := [finding for finding in told - wanted if not dark & set(finding)]) and not case.invents:
        return f"tells {more[0]}"
    if less := [finding for finding in wanted - told if not dark & set(finding)]:
        return f"does not tell {less[0]}"
    return "agreed, but it could not be read" if dark and result["agreed"] else None


# Words


def _no_secret(case: Case) -> str | None:
    result = {name: value for name, value in case.result.items() if name != "access_token"}
    texts = [*strings_in(result)] if case.told else [case.ran.printed]
    shown = "\n".join(texts) + (case.ran.raised or "")
    raw = json.dumps(result) if case.told else case.ran.printed
    for secret in _secrets(case):
        for spelling in spellings(secret):
            if spelling in shown or spelling in raw:
                return f"{spelling!r:.60}"
    return None


def _secrets(case: Case) -> Iterator[str]:
    """Those of the options, and the tokens that the server gave."""
    yield from SECRETS
    for call, right in zip(case.ran.calls, case.ran.answers, strict=False):
        if call.kind == "sign_in" and right.status == 200:
            document = right.document()
            token = document.get("result") or document.get("access_token")
            if isinstance(token, str):
                yield token


def _text_is_visible(case: Case) -> str | None:
    for text in _texts_for_people(case.result):
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in BIDIRECTIONAL:
                return f"{character!r} in {text!r:.120}"
    return None


BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _texts_for_people(result: Mapping[str, Any]) -> Iterator[str]:
    yield str(result.get("msg", ""))
    yield str(result.get("verdict", ""))
    for text in result.get("warnings", []):
        yield text if isinstance(text, str) else str(text["event"]["msg"])
    for holder in (result, *result.get("entries", [])):
        failure = holder.get("failure") or {}
        yield from (str(failure.get(name, "")) for name in ("message", "hint"))
    for side in (result.get("diff") or {}).values():
        yield from str(side).split("\n")


# Helpers


def entries_of(result: Mapping[str, Any]) -> list[Entry]:
    """What a module tells of each entry, whether it is for one or for many."""
    entries = [
        Entry(
            _where(entry),
            entry["outcome"],
            UNKNOWN if entry.get("before") is None else _held(entry["before"]),
            _held(entry["after"]) if "after" in entry else UNKNOWN,
            entry.get("failure") or {},
        )
        for entry in result.get("entries", [])
    ]
    failure = result.get("failure") or {}
    if "outcome" in result:
        for name in ("license", "assignment"):
            if name in result:
                after = _of_record(result[name])
                entries.append(Entry(_where(result[name]), result["outcome"], UNKNOWN, after, failure))
    return entries


def _where(told: Mapping[str, Any]) -> str:
    if "license_pack_id" in told:
        return place(told["license_pack_id"], told["entity_id"])
    names = ("organization_id", "tenant_id", "service_type")
    return place(*(told[name] for name in names if name in told))


def _held(told: Any) -> Any:
    """Quantities by code, or the end of an assignment, as the server's holdings are written."""
    if isinstance(told, Mapping) and "expiration_date" in told:
        return told["expiration_date"] or "never"
    return told


def _of_record(record: Mapping[str, Any]) -> Any:
    if record["state"] == UNKNOWN:
        return UNKNOWN
    if "products" in record:
        return {product["code"]: product["quantity"] for product in record["products"]}
    return _held({"expiration_date": record["expiration_date"]}) if record["state"] == "present" else None


def _agrees(told: Any, truth: Any, more: bool = False) -> bool:
    """Whether what is told is so; a number that is not told is none that is wrong. ``more``: further rows may be."""
    if isinstance(truth, Mapping):
        volatile = ("server", "name", "notes")
        return isinstance(told, Mapping) and all(
            name in volatile or _agrees(told.get(name), value, more) for name, value in truth.items()
        )
    if isinstance(truth, list):
        if not isinstance(told, list) or (len(told) != len(truth) and not more):
            return False
        return all(any(_agrees(row, wanted, more) for row in told) for wanted in truth)
    if isinstance(truth, str) and isinstance(told, str):
        return folded(told) == folded(truth)
    return bool(told == truth) or (told is None and isinstance(truth, int))


def folded(text: str) -> str:
    """What a person sees of a name, in any letter case."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return seen.strip().casefold()


def _stable(value: Any) -> Any:
    """Entries without what only the server determines."""
    if isinstance(value, list):
        return [_stable(each) for each in value]
    return {name: part for name, part in value.items() if name != "server"} if isinstance(value, dict) else value


def _rolls_back(case: Case) -> bool:
    return case.scenario.arguments.get("on_error") == "rollback"


def _smaller(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {code: min(quantity, other.get(code, 0)) for code, quantity in one.items()}


def _difference(wanted: Holdings, held: Holdings) -> str:
    places = sorted(where for where in wanted.keys() | held.keys() if wanted.get(where) != held.get(where))
    return "; ".join(f"{where} holds {held.get(where)}, not {wanted.get(where)}" for where in places)


def strings_in(value: Any) -> Iterator[str]:
    """Every string of a JSON value, names of keys included."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield str(name)
            yield from strings_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)
    elif isinstance(value, str):
        yield value


RULES: Mapping[str, Callable[[Case], str | None]] = {
    "it ends": _ends,
    "calls are bounded": _calls_are_bounded,
    "memory is bounded": _memory_is_bounded,
    "one result": _one_result,
    "no traceback": _no_traceback,
    "the kind is documented": _kind_is_documented,
    "no write on what is unreadable": _no_write_on_what_is_unreadable,
    "no foreign call": _no_foreign_call,
    "no write in check mode": _no_write_in_check_mode,
    "unchanged is true": _unchanged_is_true,
    "changed is true": _changed_is_true,
    "success is what was wanted": _success_is_what_was_wanted,
    "nothing is lost": _nothing_is_lost,
    "nothing is more": _nothing_is_more,
    "the report is the server": _report_is_the_server,
    "the prediction is the same": _prediction_is_the_same,
    "what is told is true": _what_is_told_is_true,
    "no secret": _no_secret,
    "text is visible": _text_is_visible,
}
