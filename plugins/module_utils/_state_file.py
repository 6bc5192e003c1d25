# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the desired state where the module runs, so that a large one never passes through variables.

It is one file, or a folder of such files, whose lists are then one after the other, by file name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._errors import InvalidInput

ORGANIZATIONS = "licensing_organizations"
LICENSE_PACKS = "licensing_license_packs"
SUFFIXES = (".json", ".yaml", ".yml")


def read_state_file(path: str) -> dict[str, Any]:
    """The two lists of a file or a folder, as they stand there; other variables in it are none of ours.

    Raises InvalidInput for a file that cannot be read, is neither JSON nor YAML, has a key twice, or has neither list.
    """
    if not Path(path).is_dir():
        return _one_file(path)
    try:
        names = sorted(entry.name for entry in Path(path).iterdir() if entry.suffix in SUFFIXES and entry.is_file())
    except OSError as error:
        raise InvalidInput(f"state_file {path!r} is a folder that cannot be read: {error.strerror}") from error
    files = [str(Path(path) / name) for name in names if not name.startswith(".")]
    if not files:
        raise InvalidInput(f"state_file {path!r} is a folder without a file that ends in {', '.join(SUFFIXES)}")
    whole: dict[str, Any] = {}
    for file in files:
        for name, entries in _one_file(file).items():
            if not isinstance(entries, list):
                raise InvalidInput(f"state_file {file!r}: {name} is not a list")
            whole.setdefault(name, []).extend(entries)
    return whole


def _one_file(path: str) -> dict[str, Any]:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        where = "" if Path(path).is_absolute() else f" (the path begins at {Path.cwd()}, where the module runs)"
        raise InvalidInput(f"state_file {path!r} cannot be read: {reason}{where}") from error
    document = _json(path, text) if text.lstrip().startswith("{") else _yaml(path, text)
    known = {ORGANIZATIONS, LICENSE_PACKS}
    if not isinstance(document, dict) or not known & document.keys():
        raise InvalidInput(f"state_file {path!r} has neither {ORGANIZATIONS} nor {LICENSE_PACKS} at its top")
    return {name: document[name] for name in sorted(known & document.keys())}


def organizations_of(params: Mapping[str, Any]) -> Any:
    """The organizations of a module's options, from whichever of the two they come; an empty list for none."""
    return desired_state_of(params)[0]


def license_packs_of(params: Mapping[str, Any]) -> Any:
    """The license packs of a module's options, from whichever of the two they come; an empty list for none."""
    return desired_state_of(params)[1]


def desired_state_of(params: Mapping[str, Any]) -> tuple[Any, Any]:
    """Both, of a module that takes both; a file is read once."""
    if params["state_file"] is None:
        organizations, license_packs = params.get("organizations"), params.get("license_packs")
    else:
        state = read_state_file(params["state_file"])
        organizations, license_packs = state.get(ORGANIZATIONS), state.get(LICENSE_PACKS)
    return [] if organizations is None else organizations, [] if license_packs is None else license_packs


def _json(path: str, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _refuse_twice(path, [name for name, _value in pairs])
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=once)
    except RecursionError as error:
        raise InvalidInput(f"state_file {path!r} is nested too deeply") from error
    except ValueError:
        return _yaml(path, text)  # YAML's flow style begins like JSON


def _yaml(path: str, text: str) -> Any:
    try:
        import yaml  # noqa: PLC0415  # only a YAML file needs it, and it need not be installed
    except ImportError as error:
        raise InvalidInput(
            f"state_file {path!r} is not JSON, and PyYAML, which reads YAML, is not installed where the module runs: "
            "install it, or write the file as JSON"
        ) from error

    checked: dict[int, Any] = {}  # by identity; holding the nodes keeps their identities from being used again

    class OnceLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Refuses a mapping with the same key twice, of which YAML would silently take the last."""

        def flatten_mapping(self, node: Any) -> None:
            # Called first for each mapping, and once more for one that another merges after its own merging.
            if id(node) not in checked:
                checked[id(node)] = node
                names = [key.value for key, _value in node.value if isinstance(key.value, str)]
                _refuse_twice(f"{path}, line {node.start_mark.line + 1}", names)
            super().flatten_mapping(node)

    try:
        return yaml.load(text, Loader=OnceLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A ValueError is a date or a number that is none, such as 2027-02-30 without quotes.
        raise InvalidInput(f"state_file {path!r} is not YAML: {' '.join(str(error).split())}") from error


def _refuse_twice(place: str, names: list[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"state_file {place}: the key {twice!r} stands twice in one mapping")
