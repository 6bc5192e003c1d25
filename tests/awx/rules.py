# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller wants of surveys, schedules and credential types, as reasons for refusing them. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dateutil.rrule import rrulestr
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment

SURVEY_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "textarea": (str,),
    "password": (str,),
    "integer": (int,),
    "float": (int, float),
    "multiplechoice": (str,),
    "multiselect": (str, list),
}
START = re.compile(r"DTSTART(?:;TZID=(?P<zone>[^:]+))?:(?P<moment>\d{8}T\d{6})(?P<utc>Z?)(?= |$)")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


# --- surveys ---------------------------------------------------------------------------------------------------------


def is_whole(value: object) -> bool:
    """Whether it is a whole number, which a boolean is not in JSON."""
    return isinstance(value, int) and not isinstance(value, bool)


def survey_faults(survey: Any) -> list[str]:
    """Why a controller would refuse a survey."""
    if not isinstance(survey, dict):
        return ["the survey is no object"]
    kinds: dict[str, type] = {"name": str, "description": str, "spec": list}
    faults = [
        f"{name} is missing or of another type"
        for name, kind in kinds.items()
        if not isinstance(survey.get(name), kind)
    ]
    faults += [f"{name} is unknown" for name in survey.keys() - kinds.keys()]
    if faults:
        return faults
    if not survey["spec"]:
        return ["there is no question"]
    for number, question in enumerate(survey["spec"]):
        faults += [f"question {number}: {fault}" for fault in _question_faults(question)]
    variables = [question.get("variable") for question in survey["spec"] if isinstance(question, dict)]
    faults += [
        f"{name} is asked for twice" for name in sorted({str(name) for name in variables if variables.count(name) > 1})
    ]
    return faults


def _question_faults(question: Any) -> Iterator[str]:
    if not isinstance(question, dict):
        yield "is no object"
        return
    needed: dict[str, type] = {"type": str, "question_name": str, "variable": str, "required": bool}
    for name, kind in needed.items():
        if not isinstance(question.get(name), kind):
            yield f"{name} is missing or of another type"
    may = {*needed, "question_description", "default", "min", "max", "choices"}
    yield from (f"{name} is unknown" for name in question.keys() - may)
    if question.get("type") not in SURVEY_TYPES:
        yield f"there is no type {question.get('type')}"
        return
    if not VARIABLE.fullmatch(str(question.get("variable"))):
        yield f"{question.get('variable')} is no name of a variable"
    default = question.get("default", "")
    if default != "" and not isinstance(default, SURVEY_TYPES[question["type"]]):
        yield "the default is of another type than the answer"
    for name in ("min", "max"):
        if question.get(name) is not None and not is_whole(question[name]):
            yield f"{name} is no whole number"
    if question["type"].startswith("multi"):
        choices = question.get("choices")
        if not choices:
            yield "there is nothing to choose from"
        elif default and default not in choices:
            yield "the default is none of the choices"


def survey_variables(survey: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that a job gets from a survey answered so: a question without an answer gives its default."""
    variables = {}
    for question in survey["spec"]:
        name = question["variable"]
        if name in answers:
            variables[name] = answers[name]
        elif "default" in question and (question["default"] or not question.get("min")):
            variables[name] = question["default"]
        elif question["required"]:
            raise ValueError(f"{name} is required")
    return variables


# --- schedules -------------------------------------------------------------------------------------------------------


def schedule_faults(rule: Any) -> list[str]:
    """Why a controller would refuse the rule of a schedule."""
    if not isinstance(rule, str):
        return ["the rule is no text"]
    starts = START.findall(rule)
    faults = []
    if len(starts) != 1 or not rule.startswith("DTSTART"):
        faults.append("it does not begin with one DTSTART")
    elif not starts[0][0] and not starts[0][2]:
        faults.append("DTSTART has no time zone")
    rules = re.findall(r"(?:^| )((?:EX)?RULE|RRULE):(\S*)", rule)
    if not any(kind == "RRULE" for kind, _parts in rules):
        faults.append("there is no RRULE")
    if re.search(r"\b(EXDATE|RDATE)\b", rule, flags=re.IGNORECASE):
        faults.append("EXDATE and RDATE are not allowed")
    for _kind, text in rules:
        parts = dict(part.partition("=")[::2] for part in text.split(";"))
        if "INTERVAL" not in parts:
            faults.append("INTERVAL is missing")
        if parts.get("FREQ") == "SECONDLY":
            faults.append("SECONDLY is not allowed")
        if re.search(r"\d", parts.get("BYDAY", "")):
            faults.append("BYDAY has a number")
        if {"COUNT", "UNTIL"} <= parts.keys():
            faults.append("COUNT and UNTIL exclude each other")
        if int(parts.get("COUNT", "0")) > 999:
            faults.append("COUNT is more than 999")
    return faults or _unreadable(rule)


def _unreadable(rule: str) -> list[str]:
    try:
        found = rrulestr(rule.replace(" ", "\n")).after(datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC))
    except ValueError as error:
        return [str(error)]
    except TypeError:  # without its time zone, a moment cannot be compared with one that has one
        return ["there is no such time zone"]
    return [] if found else ["it never runs again"]


# --- credential types ------------------------------------------------------------------------------------------------


def credential_type_faults(inputs: Any, injectors: Any) -> list[str]:
    """Why a controller would refuse a credential type, or would not do with it what was meant."""
    if not isinstance(inputs, dict) or not isinstance(injectors, dict):
        return ["inputs or injectors are no object"]
    faults = [f"inputs: {name} is unknown" for name in inputs.keys() - {"fields", "required"}]
    faults += [f"injectors: {name} is unknown" for name in injectors.keys() - {"env"}]
    fields = inputs.get("fields", [])
    names = [field.get("id") for field in fields]
    faults += [f"{name} is there twice" for name in sorted({str(name) for name in names if names.count(name) > 1})]
    faults += [f"{name} is required, but no field" for name in inputs.get("required", []) if name not in names]
    for field in fields:
        faults += [f"field {field.get('id')}: {fault}" for fault in _field_faults(field)]
    for variable, template in injectors.get("env", {}).items():
        used = meta.find_undeclared_variables(SandboxedEnvironment().parse(str(template)))
        if not VARIABLE.fullmatch(variable) or variable.startswith("ANSIBLE_"):
            faults.append(f"{variable} is not allowed")
        if not used or not used <= set(names):
            faults.append(f"{variable} is set from no field")
    return faults


def injected(credential_type: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """The environment of a job that has a credential with these inputs; one that is missing counts as empty."""
    environment = SandboxedEnvironment()
    return {
        variable: environment.from_string(template).render(inputs)
        for variable, template in credential_type["injectors"]["env"].items()
    }


def _field_faults(field: Mapping[str, Any]) -> Iterator[str]:
    may = {"id", "label", "type", "help_text", "secret", "choices", "multiline", "format", "default"}
    yield from (f"{name} is unknown" for name in field.keys() - may)
    if not VARIABLE.fullmatch(str(field.get("id"))) or field.get("id") == "tower":
        yield "the id is no name"
    if not isinstance(field.get("label"), str):
        yield "the label is missing"
    # The controller writes the type into a field that has none, which would differ from what was sent.
    if field.get("type") not in ("string", "boolean"):
        yield "the type is missing"
    elif field["type"] == "boolean":
        yield "left empty, a box would count as not ticked, and not as left to the module"
    choices = field.get("choices", ["one"])
    if not choices or not all(isinstance(choice, str) for choice in choices):
        yield "the choices are no texts"
