# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the desired state where the module runs, so that a large one never passes through variables.

It is one file, or a folder of such files, whose lists are then one after the other, by file name. Whatever is wrong in
them is told at once, with the file, the line and the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import InvalidInput
from .._model.desired import DesiredOrganization, DesiredPack
from .fields import nearest
from .folder import files_of
from .from_json import NoJson, json_steps, read_json
from .mistakes import KEY_ITSELF, Mistake, Mistakes, Path, plain
from .parser import parse_license_packs, parse_organizations
from .positions import Position, Step, positions
from .regular_file import decoded, read_bytes
from .spelling import shown

ORGANIZATIONS = "licensing_organizations"
LICENSE_PACKS = "licensing_license_packs"
LISTS = (LICENSE_PACKS, ORGANIZATIONS)
MOST_TEMPLATES = 20  # of those that are warned about
_OWN_KEY = re.compile(r"licen[cs]ing_", re.IGNORECASE)
_ONE_TEMPLATE = re.compile(r"\s*\{\{(?:(?!\{\{|\}\}).)*\}\}\s*", re.DOTALL)

Read = Callable[[str, str], bytes]  # a path and the option that names it


@dataclass
class DesiredState:
    """What is wanted, typed; ``told`` is what stands in the file or the options, by the names of the options."""

    organizations: tuple[DesiredOrganization, ...] = ()
    license_packs: tuple[DesiredPack, ...] = ()
    told: dict[str, list[Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def desired_state(params: Mapping[str, Any], warnings: list[str], lists: Collection[str] = LISTS) -> DesiredState:
    """What a module's options or its state file want of these lists. Raises InvalidInput naming every place.

    ``warnings`` get what is to be told of the file beside that.
    """
    if params["state_file"] is not None:
        found = read_state(params["state_file"], lists)
        warnings += found.warnings
        return found
    of_options = {ORGANIZATIONS: params.get("organizations"), LICENSE_PACKS: params.get("license_packs")}
    told: dict[str, Any] = {name: [] if of_options[name] is None else of_options[name] for name in lists}
    mistakes = Mistakes()
    found = _typed(told, mistakes)
    mistakes.refuse()
    return found


def desired_organizations(params: Mapping[str, Any], warnings: list[str]) -> tuple[DesiredOrganization, ...]:
    """The organizations alone, of a module that is about nothing else."""
    return desired_state(params, warnings, (ORGANIZATIONS,)).organizations


def desired_license_packs(params: Mapping[str, Any], warnings: list[str]) -> tuple[DesiredPack, ...]:
    """The license packs alone, of a module that is about nothing else."""
    return desired_state(params, warnings, (LICENSE_PACKS,)).license_packs


def read_state(path: str, lists: Collection[str] = LISTS, read: Read = read_bytes) -> DesiredState:
    """What a file or a folder of files wants of these lists; other variables in it are none of ours.

    Raises InvalidInput for a file that cannot be read, is neither JSON nor YAML or has neither list, and for all that
    is wrong in it.
    """
    files, warnings = files_of(path)
    mistakes = Mistakes()
    documents = [document for file in files if (document := _document(file, mistakes, read)) is not None]
    starts: dict[str, list[tuple[int, _Document]]] = {name: [] for name in LISTS}
    told: dict[str, list[Any]] = {name: [] for name in lists}
    for document in documents:
        for name in lists:
            starts[name].append((len(told[name]), document))
            told[name].extend(document.lists.get(name, []))
        warnings += document.templates()
    found = _typed(told, mistakes)
    mistakes.refuse(lambda paths: _places(paths, starts))
    found.warnings += warnings
    return found


def _typed(told: Mapping[str, Any], mistakes: Mistakes) -> DesiredState:
    return DesiredState(
        parse_organizations(told.get(ORGANIZATIONS, []), mistakes, (ORGANIZATIONS,)),
        parse_license_packs(told.get(LICENSE_PACKS, []), mistakes, (LICENSE_PACKS,)),
        {name.removeprefix("licensing_"): plain(entries) for name, entries in told.items()},
    )


@dataclass
class _Document:
    """One file that was read; ``lists`` are its lists as they stand there."""

    path: str
    text: str
    steps: Callable[[str], Iterator[Step]]
    lists: dict[str, list[Any]]

    def positions(self, paths: Collection[Path]) -> dict[Path, Position]:
        return positions(self.steps(self.text), paths)

    def place(self, position: Position) -> str:
        return f"{self.path}, line {position[0]}, column {position[1]}"

    def templates(self) -> list[str]:
        """Warnings of values that are nothing but a template, which nobody fills in."""
        if "{{" not in self.text:
            return []
        found: dict[Path, str] = {}
        for name, entries in self.lists.items():
            _find_templates(entries, (name,), found)
        where = self.positions(found)
        return [
            f"{self.place(where[path])}: {shown(text)} is taken as it stands, because a state file is not templated"
            for path, text in found.items()
        ]


def _find_templates(value: Any, path: Path, found: dict[Path, str]) -> None:
    if len(found) >= MOST_TEMPLATES:
        return
    if isinstance(value, str):
        if "{{" in value and _ONE_TEMPLATE.fullmatch(value):
            found[path] = value
    elif isinstance(value, dict):
        for key, one in value.items():
            _find_templates(one, (*path, key), found)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            _find_templates(one, (*path, number), found)


def _document(path: str, mistakes: Mistakes, read: Read) -> _Document | None:
    """One file; None where it cannot be read, which is noted."""
    mistakes_before = len(mistakes.found)

    def complain(message: str, position: Position) -> None:
        mistakes.found.append(Mistake(f"{path}, line {position[0]}, column {position[1]}", message, ()))

    try:
        content = read(path, "state_file")
        if content.lstrip().startswith(b"$ANSIBLE_VAULT"):
            raise InvalidInput(
                f"state_file {shown(path)} is encrypted with Ansible Vault, which Ansible decrypts for variables only: "
                "hand it over with --extra-vars @FILE or vars_files in place of the option, or decrypt it"
            )
        text = decoded(content, path, "state_file")
        whole, steps = _parsed(path, text, complain)
        document = _Document(path, text, steps, {})
        _fill(document, whole, complain, len(mistakes.found) > mistakes_before)
    except InvalidInput as error:
        mistakes.found.append(Mistake("", error.message, ()))
        return None
    return document


def _parsed(path: str, text: str, complain: Callable[[str, Position], None]) -> tuple[Any, Any]:
    """What stands in the text, and how to walk through it again."""
    is_json = path.casefold().endswith(".json")
    try:
        if is_json or text.lstrip().startswith("{"):
            try:
                return read_json(text, complain), json_steps
            except NoJson:
                if is_json:
                    raise
                # YAML's flow style begins like JSON.
        from .from_yaml import YAML_IS_THERE, read_yaml, yaml_steps  # noqa: PLC0415 - not every task reads YAML

        if not YAML_IS_THERE:
            raise InvalidInput(
                f"state_file {shown(path)} is not JSON, and PyYAML, which reads YAML, is not installed where the "
                "module runs: install it, or write the file as JSON"
            )
        return read_yaml(text, complain), yaml_steps
    except InvalidInput as error:
        if error.message.startswith("state_file"):
            raise
        raise InvalidInput(f"{path}, {error.message}") from error


def _fill(document: _Document, whole: Any, complain: Callable[[str, Position], None], has_mistakes: bool) -> None:
    """Take the lists out of a document, and complain of what may be meant as one and is none."""
    fields: dict[Any, Any] = whole if isinstance(whole, dict) else {}
    strange = [key for key in fields if key not in LISTS and _may_be_meant(key)]
    no_lists = [
        name for name in LISTS if not isinstance(fields.get(name, []), list) and plain(fields[name]) is not None
    ]
    where = document.positions([*((key, KEY_ITSELF) for key in strange), *((name,) for name in no_lists)])
    for key in strange:
        complain(f"there is no key {shown(key)}; is {nearest(str(key), LISTS)[0]} meant?", where[key, KEY_ITSELF])
    for name in no_lists:
        complain(f"{name} is not a list", where[name,])
    if not any(name in fields for name in LISTS) and not strange and not has_mistakes:
        raise InvalidInput(
            f"state_file {shown(document.path)} has neither {ORGANIZATIONS} nor {LICENSE_PACKS} at its top"
        )
    document.lists = {name: fields[name] for name in LISTS if isinstance(fields.get(name), list)}


def _may_be_meant(key: Any) -> bool:
    """Whether a key at the top is meant as one of the lists; other variables may stand beside them."""
    if not isinstance(key, str):
        return False
    return bool(_OWN_KEY.match(key)) or key in ("organizations", "license_packs")


def _places(paths: list[Path], starts: Mapping[str, list[tuple[int, _Document]]]) -> dict[Path, str]:
    """The file, the line and the column of each path that leads into the joined lists."""
    own: dict[int, tuple[_Document, dict[Path, Path]]] = {}
    for path in paths:
        if len(path) < 2:
            continue
        start, document = next(found for found in reversed(starts[path[0]]) if found[0] <= path[1])
        own.setdefault(id(document), (document, {}))[1][(path[0], path[1] - start, *path[2:])] = path
    places: dict[Path, str] = {}
    for document, inner in own.values():
        for inner_path, position in document.positions(inner).items():
            places[inner[inner_path]] = document.place(position)
    return places
