# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the desired state from a file where the module runs, so that a large one never passes through variables."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from ._errors import InvalidInput

ORGANIZATIONS = "licensing_organizations"
LICENSE_PACKS = "licensing_license_packs"


def read_state_file(path: str) -> dict[str, Any]:
    """The file's two lists, as they stand there; other variables in it are none of ours.

    Raises InvalidInput for a file that cannot be read, is neither JSON nor YAML, has a key twice, or has neither list.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(f"state_file {path!r} cannot be read: {reason}") from error
    document = _json(path, text) if text.lstrip().startswith("{") else _yaml(path, text)
    known = {ORGANIZATIONS, LICENSE_PACKS}
    if not isinstance(document, dict) or not known & document.keys():
        raise InvalidInput(f"state_file {path!r} has neither {ORGANIZATIONS} nor {LICENSE_PACKS} at its top")
    return {name: document[name] for name in known & document.keys()}


def organizations_of(params: Mapping[str, Any]) -> Any:
    """The organizations of a module's options, from whichever of the two they come; an empty list for none."""
    return _list_of(params, "organizations", ORGANIZATIONS)


def license_packs_of(params: Mapping[str, Any]) -> Any:
    """The license packs of a module's options, from whichever of the two they come; an empty list for none."""
    return _list_of(params, "license_packs", LICENSE_PACKS)


def _list_of(params: Mapping[str, Any], option: str, name: str) -> Any:
    value = params[option] if params["state_file"] is None else read_state_file(params["state_file"]).get(name)
    return [] if value is None else value


def _json(path: str, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            names = [name for name, _value in pairs]
            raise _twice(path, next(name for name in names if names.count(name) > 1))
        return mapping

    try:
        return json.loads(text, object_pairs_hook=once)
    except ValueError as json_error:
        try:
            return _yaml(path, text)  # YAML's flow style begins like JSON
        except InvalidInput:
            raise InvalidInput(f"state_file {path!r} is not complete JSON: {json_error}") from json_error


def _yaml(path: str, text: str) -> Any:
    try:
        import yaml  # noqa: PLC0415  # only a YAML file needs it, and it need not be installed
    except ImportError as error:
        raise InvalidInput(
            f"state_file {path!r} is YAML, and PyYAML is not installed where the module runs: "
            "install it, or write the file as JSON"
        ) from error

    class OnceLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Refuses a mapping with the same key twice, of which YAML would silently take the last."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
            names = [key.value for key, _value in node.value if isinstance(key.value, str)]
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise _twice(f"{path}, line {node.start_mark.line + 1}", twice)
            mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
            return mapping

    try:
        return yaml.load(text, Loader=OnceLoader)  # it is a safe loader
    except yaml.YAMLError as error:
        raise InvalidInput(f"state_file {path!r} is not YAML: {' '.join(str(error).split())}") from error


def _twice(place: str, name: str) -> InvalidInput:
    return InvalidInput(f"state_file {place}: the key {name!r} stands twice in one mapping")
