# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about a run: each kind of fault at each operation, and how the tasks ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.tenantops.licensing.tests.unit.bad_days.cells import UNNOTICED
from ansible_collections.tenantops.licensing.tests.unit.bad_days.judge import RULES
from ansible_collections.tenantops.licensing.tests.unit.bad_days.pool import Judged
from ansible_collections.tenantops.licensing.tests.unit.bad_days.scenarios import SCENARIOS

HEAD = """\
<!--
Copyright (c) 2026, the tenantops.licensing authors
GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# Bad days

What the modules do when a server, or what stands before it, has a bad day. Small tasks, which together make every call
that a module can make, run against a server that answers one of these calls wrong: each call with each fault that its
answer has a place for, once or always; a write before it was done, after it, and shown late to those who read. Faults
are found by walking the right answers, so a new operation, and a new key of an answer, come in by themselves.

Each cell is judged by what the server holds afterwards and by what the module told. The run writes this page.

```shell
make bad-days                     # all of it
make bad-days EVERY=40            # each fortieth cell of a task
make bad-days CELL=0123456789ab   # one cell, with all that happened
```

`make test` runs some hundred cells chosen by lot: a change of any file draws another lot.
"""
RULES_SAY: Mapping[str, str] = {
    "it ends": "within seconds, whatever the server does",
    "calls are bounded": "pages without an end do not make calls without an end",
    "memory is bounded": "an answer that is too large, or unpacks to too much, is not kept",
    "one result": "one JSON object, and a code that fits it",
    "no traceback": "no exception reaches the user",
    "the kind is documented": "a failure, of the task and of each entry, has a documented kind and a sentence",
    "no write on what is unreadable": "where what the plan rests on can never be read, nothing is written",
    "no foreign call": "no call leaves the operations of the API, whatever names a server tells",
    "no write in check mode": "check mode and modules for information write nothing",
    "unchanged is true": "where `changed` is false, the server holds what it held",
    "changed is true": "where `changed` is true, something is another, or is told as unknown",
    "success is what was wanted": "a task that succeeds leaves what was wanted",
    "nothing is lost": "nothing is held less than before, except what was to go",
    "nothing is more": "nothing is held beyond what was held or wanted",
    "the report is the server": "what each entry tells is what the server holds, unless it is told as unknown",
    "the prediction is the same": "check mode predicts what it predicts on a good day, or fails",
    "what is told is true": "a module for information tells what is held, or fails",
    "no secret": "no secret is told, in any spelling",
    "text is visible": "nothing invisible and nothing that steers a terminal is in a text for people",
}


def page_of(run: Sequence[Judged], what: str) -> str:
    """The page about this run; ``what`` says which part of the table it was."""
    wrong = [judged for judged in run if judged.broken]
    parts = [
        HEAD,
        f"## The last run\n\n{what}: **{len(run)} cells, {len(wrong)} wrong.** {len(SCENARIOS)} tasks.\n",
        _table(
            ("fault", "cells", "as wanted", "failed, by kind", "wrong"),
            (_row(kind, some) for kind, some in _by(run, lambda judged: judged.cell.kind)),
        ),
        "## What must be true\n",
        _table(("rule", "", "broken"), ((name, RULES_SAY[name], str(_broken(wrong, name))) for name in RULES)),
        "## What nobody can notice\n\nThese are left out: an answer that reads well, and that nothing contradicts.\n",
        _table(("what", "why"), ((name, reason) for name, (_operation, _fault, reason) in UNNOTICED.items())),
        "## By operation\n",
    ]
    for operation, some in _by(run, lambda judged: judged.cell.operation):
        rows = [_row(kind, cells) for kind, cells in _by(some, lambda judged: judged.cell.kind)]
        parts += [f"### {operation}\n", _table(("fault", "cells", "as wanted", "failed, by kind", "wrong"), rows)]
    if wrong:
        parts += ["## Wrong\n", _wrong(wrong)]
    return "\n".join(parts)


def _row(name: str, some: Sequence[Judged]) -> tuple[str, ...]:
    ends = Counter(judged.outcome for judged in some)
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(ends.items()) if kind != "as wanted")
    wrong = sum(1 for judged in some if judged.broken)
    return name, str(len(some)), str(ends["as wanted"]), kinds, str(wrong or "")


def _by(run: Iterable[Judged], key: object) -> list[tuple[str, list[Judged]]]:
    grouped: dict[str, list[Judged]] = {}
    assert callable(key)
    for judged in run:
        grouped.setdefault(key(judged), []).append(judged)
    return sorted(grouped.items())


def _broken(wrong: Iterable[Judged], rule: str) -> int:
    return sum(1 for judged in wrong if any(text.startswith(f"{rule}: ") for text in judged.broken))


def _wrong(wrong: Sequence[Judged]) -> str:
    rows = ((f"`{judged.cell.id}`", _code(judged.cell.text), _code(judged.broken[0])) for judged in wrong[:50])
    more = f"\nand {len(wrong) - 50} more.\n" if len(wrong) > 50 else ""
    return _table(("cell", "", "what"), rows) + more


def _code(text: str) -> str:
    visible = "".join(character if character.isprintable() else "�" for character in text)
    return "`" + visible.replace("`", "'").replace("|", "\\|") + "`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
