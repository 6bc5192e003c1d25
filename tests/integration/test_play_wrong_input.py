# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong input and servers that are not what they should be: one clear sentence that names the place, and no write."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tenantops.licensing.tests.integration.harness import (
    Case,
    CaseRun,
    Task,
    TaskRun,
    attempt,
    held,
    quantities,
    run_cases,
    task,
)

UNATT = quantities(UNATT=1)


def org(**options: Any) -> dict[str, Any]:
    return {"org_license": {"organization_id": "z-z-z-samson", "products": UNATT, **options}}


def organizations(*listed: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"org_licenses": {"organizations": list(listed), **options}}


def service(*products: Any) -> dict[str, Any]:
    """Organization b with tenant t1, whose service du is to have these products."""
    tenant = {"id": "t1", "name": "T1", "services": [{"type": "du", "products": list(products)}]}
    return organizations({"id": "b", "tenants": [tenant]})


def entity(**options: Any) -> dict[str, Any]:
    return {"license_assignment": {"license_pack_id": "listings-2026", "entity_id": "store-9", **options}}


def entities(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"license_assignments": {"license_packs": [{"id": "listings-2026", "entities": list(listed)}]}}


def unatt(quantity: Any, code: Any = "UNATT") -> dict[str, Any]:
    return {"code": code, "quantity": quantity}


ABSENT = {
    "id": "b",
    "state": "absent",
    "tenants": [{"id": "t", "name": "T", "services": [{"type": "du", "products": UNATT}]}],
}
TWICE_KEY = "licensing_organizations:\n  - id: a\n    id: b\n"
# What is written, and the sentence that answers it, told before any call.
INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "negative": (service(unatt(-1)), "organization b, tenant t1, service du, UNATT: -1 is negative"),
    "fractional": (service(unatt(1.5)), "organization b, tenant t1, service du, UNATT: 1.5 is not a whole number"),
    "boolean": (service(unatt(True)), "organization b, tenant t1, service du, UNATT: the boolean true is not a whole"),
    "words": (service(unatt("many")), "organization b, tenant t1, service du, UNATT: many is not a whole number"),
    "no quantity": (service(unatt(None)), "organization b, tenant t1, service du, UNATT: quantity is missing"),
    "too large": (
        service(unatt(2**40)),
        "organization b, tenant t1, service du, UNATT: the quantity is more than 2147483647",
    ),
    "code twice": (service(*UNATT, *UNATT), "organization b, tenant t1, service du, UNATT: the same code stands twice"),
    "code a number": (service(unatt(1, 12)), "organization b, tenant t1, service du, product 1: code is 12"),
    "code a boolean": (service(unatt(1, False)), "code is False, which is a boolean, not a string: write it in quotes"),
    "organization octal": (organizations({"id": 0o123}), "organization 1: id is 83, which is a number, not a string"),
    "organization float": (organizations({"id": 1.1}), "organization 1: id is 1.1, which is a number, not a string"),
    "organization no": (organizations({"id": False}), "organization 1: id is False, which is a boolean, not a string"),
    "organization twice": (
        organizations({"id": "b"}, {"id": "b"}),
        "organization b: the same organization stands twice",
    ),
    "organization empty": (organizations({"id": " "}), "organization 1: id is ' '"),
    "tenant a number": (organizations({"id": "b", "tenants": [{"id": 7}]}), "organization b, tenant 1: id is 7"),
    "tenant twice": (
        organizations({"id": "b", "tenants": [{"id": "t"}, {"id": "t"}]}),
        "organization b, tenant t: the same tenant stands twice",
    ),
    "tenant without name": (
        organizations({"id": "b", "tenants": [{"id": "t", "services": [{"type": "du", "products": UNATT}]}]}),
        "organization b, tenant t: name is missing",
    ),
    "service twice": (
        organizations({"id": "b", "tenants": [{"id": "t", "name": "T", "services": [{"type": "du"}, {"type": "du"}]}]}),
        "organization b, tenant t, service du: the same service stands twice",
    ),
    "service a boolean": (
        organizations({"id": "b", "tenants": [{"id": "t", "name": "T", "services": [{"type": True}]}]}),
        "organization b, tenant t, service 1: type is True, which is a boolean",
    ),
    "absent with products": (
        organizations({"id": "b", "state": "absent", "products": UNATT}),
        "organization b: state absent stands alone",
    ),
    "absent but held": (organizations(ABSENT), "organization b: state is absent, but tenant t, service du is to hold"),
    "services add up": (
        organizations(
            {
                "id": "b",
                "products": UNATT,
                "tenants": [
                    {"id": name, "name": name, "services": [{"type": "du", "products": UNATT}]} for name in ("t", "u")
                ],
            }
        ),
        "organization b: UNATT: its services add up to 2, but the organization is to have 1",
    ),
    "single negative": (org(products=[unatt(-2)]), "UNATT: -2 is negative"),
    "single id": (org(organization_id=1.1), "organization_id is 1.1, which is a number, not a string"),
    "single tenant id": (
        {
            "tenant_service_license": {
                "organization_id": "z-z-z-samson",
                "tenant_id": 7,
                "tenant_name": "T",
                "service_type": "du",
                "products": UNATT,
            }
        },
        "tenant_id is 7, which is a number",
    ),
    "info id": ({"org_license_info": {"organization_id": 5}}, "organization_id is 5, which is a number"),
    "max_removals": (org(max_removals="a few"), "max_removals 'a few' is neither a number"),
    "timeout": (org(timeout=0), "timeout is 0: it must be between 0.001 and 3,600 seconds"),
    "ca_path": (org(ca_path="/no/such.pem"), "ca_path: there is no file or folder '/no/such.pem'"),
    "base_url": (org(base_url="suite.example.com"), "'suite.example.com' is no base URL"),
    "no state file": ({"org_licenses": {"state_file": "/no/such.yml"}}, "state_file '/no/such.yml' cannot be read"),
    "key twice": (
        {"org_licenses": {"state_file": "{{ directory }}/twice.yml"}},
        "the key 'id' stands twice in one mapping",
    ),
    "unknown key": (
        {"org_licenses": {"state_file": "{{ directory }}/unknown.json"}},
        "organization 1: there is no key 'product'; is products meant?|organization b: there is no key 'product'",
    ),
    "date": (
        entity(expiration_date="soon"),
        "license pack listings-2026, entity store-9: expiration_date 'soon' is no date",
    ),
    "no such day": (entity(expiration_date="2027-02-30"), "expiration_date '2027-02-30' is no date"),
    "absent with date": (
        entity(state="absent", expiration_date="2027-01-31"),
        "license pack listings-2026, entity store-9: state absent stands alone",
    ),
    "entity a number": (entities({"id": 42}), "license pack listings-2026, entity 1: id is 42, which is a number"),
    "entity twice": (
        entities({"id": "e"}, {"id": "e"}),
        "license pack listings-2026, entity e: the same entity stands",
    ),
    "every pack": (
        {"license_assignments": {"license_packs": [{"id": "-", "entities": [{"id": "e"}]}]}},
        "license pack -: the ID - stands for every pack",
    ),
    "api_version": (entity(api_version="today"), "api_version 'today' is no date"),
    "page_size": (entity(page_size=0), "page_size is 0: it must be between 1 and 100,000 entries"),
    "login unmasked": ({"uipath_login": {}}, "no_log: true"),
    "desired_state_info": (
        {"desired_state_info": {"organizations": [{"id": 0o17}]}},
        "organization 1: id is 15, which is a number, not a string",
    ),
}
FILES = {
    "twice.yml": TWICE_KEY,
    "unknown.json": '{"licensing_organizations": [{"id": "b", "product": []}]}',
}
# Told by the server, or by comparing with what it holds: kind, sentence.
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "wrong user": (org(username="nobody"), "authentication", "UiPath refuses the sign-in: Login failed!"),
    "wrong client": (
        org(auth_flow="client_credentials", client_id="nobody"),
        "authentication",
        "UiPath refuses the sign-in: The client is not known",
    ),
    "wrong tenancy": (org(tenancy_name="samson"), "authentication", "UiPath refuses the sign-in"),
    "unknown organization": (
        {
            "tenant_service_license": {
                "organization_id": "nobody",
                "tenant_id": "t",
                "tenant_name": "T",
                "service_type": "du",
                "products": UNATT,
            }
        },
        "not_found",
        "organization nobody has no licence",
    ),
    "unknown pack": (
        entity(license_pack_id="listing-2026"),
        "not_found",
        "There is no license pack listing-2026 in this account",
    ),
    "unknown code": (
        org(products=[unatt(1, "UNAT")]),
        "insufficient_capacity",
        "UNAT: 1 wanted, 0 held, 0 left in the host pool: 1 short (no such code in it; nearest: UNATT",
    ),
    "unknown code of a service": (
        {
            "tenant_service_license": {
                "organization_id": "z-z-z-samson",
                "tenant_id": "z2001",
                "tenant_name": "Default",
                "service_type": "du",
                "products": [unatt(1, "TEI")],
            }
        },
        "insufficient_capacity",
        "nearest: TIE",
    ),
    "too much": (org(products=[unatt(200)]), "insufficient_capacity", "left in the host pool: 101 short"),
    "wrong host": (org(host_account_id="ffffffff-85b6-483b-b297-0e49a1aa5b7d"), "unreadable", "no licence"),
    "wrong lrm_path": (org(lrm_path="/elsewhere"), "unreadable", "cannot be read"),
}
REDIRECT = {"redirect": "http://127.0.0.1:1/elsewhere", "status": 302}
READ = {"match": {"kind": "read"}}
WRITE = {"match": {"kind": "write"}}
NAN = "<html><body>Please sign in</body></html>"
BROKEN: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str, str]] = {
    "html": ([{**READ, "effect": {"html": True}}], {}, "protocol", "The server answered with HTML"),
    "html 502": ([{**READ, "effect": {"html": NAN, "status": 502}}], {"max_retries": 0}, "server", "502"),
    "cut off": (
        [{**READ, "effect": {"truncate": True}}],
        {"max_retries": 1},
        "protocol|connection",
        "broke|Incomplete",
    ),
    "no json": ([{**READ, "effect": {"body": "certainly"}}], {}, "protocol", "no complete JSON"),
    "redirect": ([{**READ, "effect": REDIRECT}], {}, "redirected", "redirects to http://127.0.0.1:1/elsewhere"),
    "redirected write": (
        [{**WRITE, "effect": REDIRECT}],
        {},
        "redirected",
        "redirects to http://127.0.0.1:1/elsewhere",
    ),
    "redirected sign-in": (
        [{"match": {"kind": "sign_in"}, "effect": REDIRECT}],
        {},
        "redirected",
        "redirects to http://127.0.0.1:1/else",
    ),
    "forbidden": ([{**READ, "effect": {"status": 403}}], {}, "forbidden", "403"),
    "server": ([{**READ, "effect": {"status": 500}}], {"max_retries": 0}, "server", "500"),
    "slow": (
        [{**READ, "effect": {"delay": 3}}],
        {"timeout": 0.3, "max_retries": 0},
        "timeout",
        "no answer within 0.3 s",
    ),
    "limited": ([{**READ, "effect": {"status": 429, "retry_after": 600}}], {"max_wait": 1}, "rate_limited", "429"),
    "reset": ([{**READ, "effect": {"reset": True}}], {"max_retries": 0}, "connection", "GET http"),
    "html sign-in": ([{"match": {"kind": "sign_in"}, "effect": {"html": True}}], {}, "protocol", "answered with HTML"),
}


def as_task(name: str, action: Mapping[str, Any]) -> Task:
    ((module, options),) = action.items()
    return task(name, module, **options)


def both(name: str, action: Mapping[str, Any]) -> list[Task]:
    ((module, options),) = action.items()
    return attempt(name, module, **options)


TAKEN = socket.socket()  # nobody listens on it, and nobody else can as long as this process lives
TAKEN.bind(("127.0.0.1", 0))


TLS = Case(
    [
        task("unverified", "org_license", organization_id="y-y-y-delilah", products=UNATT),
        task("yext unverified", "license_pack_info"),
        task("not wanted", "org_license_info", validate_certs=False),
        task("verified", "org_license_info", ca_path="{{ certificate }}"),
        task("yext verified", "license_pack_info", ca_path="{{ certificate }}"),
    ],
    tls=True,
)
NOBODY = f"http://127.0.0.1:{TAKEN.getsockname()[1]}"
AWAY = Case(
    [
        task("uipath", "org_license_info", base_url=NOBODY, max_retries=0),
        task("yext", "license_pack_info", api_url=f"{NOBODY}/v2", max_retries=0),
        task("no name", "license_pack_info", api_url="https://nowhere.invalid/v2", max_retries=0),
    ]
)


@pytest.fixture(scope="module")
def runs() -> Mapping[str, CaseRun]:
    half = len(INVALID) // 2
    sentences = [as_task(name, action) for name, (action, _sentence) in INVALID.items()]
    return run_cases(
        {
            # Nothing is called here, so nothing is changed for the next: many tasks share one simulator.
            "invalid 1": Case(sentences[:half], files=FILES),
            "invalid 2": Case(sentences[half:], files=FILES),
            "refused": Case([each for name, (action, _k, _s) in REFUSED.items() for each in both(name, action)]),
            "tls": TLS,
            "away": AWAY,
            **{
                f"broken {name}": Case([as_task("broken", org(products=[unatt(21)], **options))], faults=faults)
                for name, (faults, options, _kind, _sentence) in BROKEN.items()
            },
        }
    )


def assert_one_clear_sentence(run: TaskRun, sentences: str) -> None:
    assert not run.ok, run.describe()
    assert any(sentence in run.message for sentence in sentences.split("|")), run.message
    assert "\n" not in run.message
    assert "Traceback" not in run.message
    assert run.writes == []


@pytest.mark.parametrize("name", INVALID)
def test_wrong_input_is_refused_before_any_call(runs: Mapping[str, CaseRun], name: str) -> None:
    run = next(runs[half][name] for half in ("invalid 1", "invalid 2") if name in runs[half].tasks)
    assert_one_clear_sentence(run, INVALID[name][1])
    assert run.kind == "invalid_input", run.describe()
    assert run.calls == []


@pytest.mark.parametrize("mode", ["check", "real"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_the_server_shows_to_be_wrong_is_refused_without_a_write(
    runs: Mapping[str, CaseRun], name: str, mode: str
) -> None:
    run = runs["refused"][f"{name}: {mode}"]
    _action, kind, sentence = REFUSED[name]
    assert run.kind == kind, run.describe()
    assert_one_clear_sentence(run, sentence)


@pytest.mark.parametrize("name", BROKEN)
def test_a_server_that_answers_with_something_else_is_told(runs: Mapping[str, CaseRun], name: str) -> None:
    run = runs[f"broken {name}"]
    _faults, _options, kinds, sentences = BROKEN[name]
    assert run["broken"].kind in kinds.split("|"), run["broken"].describe()
    assert re.search(sentences, run["broken"].message), run["broken"].message
    assert len(run["broken"].writes) == (1 if name == "redirected write" else 0)
    assert held(run.state)["z-z-z-samson"]["UNATT"] == 20


def test_a_certificate_that_does_not_verify_stops_before_the_sign_in(runs: Mapping[str, CaseRun]) -> None:
    run = runs["tls"]
    for name in ("unverified", "yext unverified"):
        assert run[name].kind == "tls", run[name].describe()
        assert "certificate verify failed" in run[name].message
        assert "ca_path" in run[name].message
        assert run[name].calls == []
    for name in ("not wanted", "verified", "yext verified"):
        assert run[name].ok, run[name].describe()


def test_a_server_that_is_not_there_is_told(runs: Mapping[str, CaseRun]) -> None:
    run = runs["away"]
    for name in ("uipath", "yext"):
        assert run[name].kind == "connection", run[name].describe()
        assert "Connection refused" in run[name].message
    assert run["no name"].kind == "connection", run["no name"].describe()
    assert "yext-api-key-0001" not in str(run["no name"].result)


@pytest.mark.parametrize(
    ("variable", "module", "kind", "sentence"),
    [
        ("UIPATH_PASSWORD", "org_license_info", "authentication", "UiPath refuses the sign-in"),
        ("YEXT_API_KEY", "license_pack_info", "authentication", "Is api_key right"),
    ],
)
def test_a_wrong_secret_in_the_environment(variable: str, module: str, kind: str, sentence: str) -> None:
    run = run_cases({"case": Case([task("wrong", module)])}, variables={variable: "certainly-wrong"})["case"]["wrong"]
    assert run.kind == kind, run.describe()
    assert_one_clear_sentence(run, sentence)
    assert "certainly-wrong" not in str(run.result)


def test_a_sign_in_that_is_missing_names_the_option_and_the_variable() -> None:
    tasks = [
        task("uipath", "org_license_info", username="", password=" "),
        task("client", "org_license_info", auth_flow="client_credentials", client_id=""),
        task("yext", "license_pack_info"),
    ]
    absent = dict.fromkeys(("UIPATH_USERNAME", "UIPATH_PASSWORD", "UIPATH_CLIENT_ID", "YEXT_API_KEY"), "")
    run = run_cases({"case": Case(tasks)}, variables=absent)["case"]
    assert "password (or the environment variable UIPATH_PASSWORD)" in run["uipath"].message
    assert "needs client_id (or the environment variable UIPATH_CLIENT_ID)" in run["client"].message
    assert "api_key (or the environment variable YEXT_API_KEY)" in run["yext"].message
    for name in ("uipath", "client", "yext"):
        assert run[name].kind in ("invalid_input", "authentication")
        assert run[name].calls == []
