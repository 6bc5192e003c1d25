# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence accountant below /lease_: bundles for users, and rules that give them to groups."""

from typing import Any

from .routes import Operation
from .state import Bundles, Organization, UiPathState
from .switches import Switches, in_case
from .uipath_pools import organization_free, organization_taken
from .web import Call, RefusalError, Reply, read_json_object, refuse_body

_USERS = "/lease_/api/account/{organization}/user-license"
_GROUP = _USERS + "/group/{group}"
_GROUP_NAME = "accountant"


class Accountant:
    """The operations of the contract; users take from an organization's pool, rules for groups do not."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def operations(self) -> list[Operation[UiPathState]]:
        """The routes of this part."""
        return [
            Operation(
                "GetAvailableUserLicensesForAccount", "GET", _USERS, "read", self.read_available, group=_GROUP_NAME
            ),
            Operation("AllocateUserLicensesForAccount", "PUT", _USERS, "write", self.allocate, group=_GROUP_NAME),
            Operation("DeleteMultipleUserLicenses", "DELETE", _USERS, "write", self.deallocate, group=_GROUP_NAME),
            Operation("RetrieveExplicitAllocations", "POST", _USERS, "read", self.find_users, group=_GROUP_NAME),
            Operation(
                "GetAvailableUserLicensesForAccountForGroupCreationOrEditing",
                "GET",
                _GROUP,
                "read",
                self.read_group,
                group=_GROUP_NAME,
            ),
            Operation("AllocateGroupRule", "PUT", _GROUP, "write", self.allocate_group, group=_GROUP_NAME),
            Operation("DeallocateGroupRule", "DELETE", _GROUP, "write", self.deallocate_group, group=_GROUP_NAME),
            Operation("GetAcquiredLicenses", "GET", _USERS + "/{user}", "read", self.read_user, group=_GROUP_NAME),
            Operation("GetGroupsAllocations", "GET", _USERS + "/groups", "read", self.read_groups, group=_GROUP_NAME),
            Operation(
                "GetUsersWithAExplicitAllocations", "GET", _USERS + "/users", "read", self.read_users, group=_GROUP_NAME
            ),
            Operation(
                "GetBundleCodesFromGroupRule",
                "GET",
                _USERS + "/ublCodes/group",
                "read",
                self.read_group_codes,
                group=_GROUP_NAME,
            ),
            Operation(
                "GetExplicitlyAllocatedUserBundleCodes",
                "GET",
                _USERS + "/ublCodes/explicit",
                "read",
                self.read_user_codes,
                group=_GROUP_NAME,
            ),
        ]

    def read_available(self, call: Call, state: UiPathState) -> Reply:
        """What of each code is allocated."""
        refuse_body(call)
        return Reply.json(_available(_organization(call, state)))

    def allocate(self, call: Call, state: UiPathState) -> Reply:
        """Give bundles to users: to all of them or, where one bundle does not suffice, to none."""
        fields = read_json_object(call, {"userIds", "licenseCodes", "userBundleCodes", "useExternalLicense"})
        user_ids = _strings(fields, "userIds")
        codes = _strings(fields, "userBundleCodes")
        external = _flag(fields)
        organization = _organization(call, state)
        if organization.license is None:
            raise RefusalError(404, "The organization has no account license.")
        for code in codes:
            new = sum(code not in organization.users.get(user, Bundles()).user_bundle_codes for user in user_ids)
            if new > max(organization_free(organization, code), 0):
                left = organization_free(organization, code)
                raise RefusalError(409, f"{code}: {new} more wanted, {left} left in the pool of the organization.")
        for user_id in user_ids:
            organization.users[user_id] = Bundles(list(codes), external)
        return Reply.json(
            [
                {
                    "userId": user_id,
                    "organizationId": in_case(call.ids["organization"], self._switches.uipath_id_case),
                    "useExternalLicense": external,
                    "userBundleCodes": codes,
                }
                for user_id in user_ids
            ]
        )

    def deallocate(self, call: Call, state: UiPathState) -> Reply:
        """Take the bundles of users away."""
        user_ids = _strings(read_json_object(call, {"userIds"}), "userIds")
        organization = _organization(call, state)
        gone = [user_id for user_id in user_ids if organization.users.pop(user_id, None) is not None]
        return Reply.json(
            {
                "successfulUserIds": gone,
                "failedUserIds": [user_id for user_id in user_ids if user_id not in gone],
            }
        )

    def find_users(self, call: Call, state: UiPathState) -> Reply:
        """The bundles of the users named."""
        user_ids = _strings(read_json_object(call, {"userIds"}), "userIds")
        users = _organization(call, state).users
        return Reply.json([_user(user_id, users[user_id]) for user_id in user_ids if user_id in users])

    def read_users(self, call: Call, state: UiPathState) -> Reply:
        """The bundles of all users."""
        refuse_body(call)
        return Reply.json([_user(*item) for item in _organization(call, state).users.items()])

    def read_user(self, call: Call, state: UiPathState) -> Reply:
        """What one user acquired; the token's content is the server's own affair."""
        refuse_body(call)
        _organization(call, state)
        account_id = in_case(call.ids["organization"], self._switches.uipath_id_case)
        return Reply.json({"userId": call.ids["user"], "accountId": account_id, "license_token": None})

    def read_group(self, call: Call, state: UiPathState) -> Reply:
        """A group's rule and what there is to choose from; an empty rule where there is none."""
        refuse_body(call)
        organization = _organization(call, state)
        rule = organization.groups.get(call.ids["group"], Bundles())
        return Reply.json(_rule(organization, rule.user_bundle_codes, rule.use_external_license))

    def read_groups(self, call: Call, state: UiPathState) -> Reply:
        """What all groups' rules give together."""
        refuse_body(call)
        organization = _organization(call, state)
        external = any(rule.use_external_license for rule in organization.groups.values())
        return Reply.json(_rule(organization, _codes(organization.groups), external))

    def allocate_group(self, call: Call, state: UiPathState) -> Reply:
        """Set a group's rule."""
        fields = read_json_object(call, {"userBundleLicenses", "userBundleCodes", "useExternalLicense"})
        codes = _strings(fields, "userBundleCodes")
        external = _flag(fields)
        organization = _organization(call, state)
        held = organization.license.products if organization.license else {}
        if lacking := [code for code in codes if not held.get(code)]:
            raise RefusalError(409, f"The organization has none of {', '.join(lacking)}.")
        organization.groups[call.ids["group"]] = Bundles(codes, external)
        return Reply.json(
            {
                "groupId": call.ids["group"],
                "organizationId": in_case(call.ids["organization"], self._switches.uipath_id_case),
                "useExternalLicense": external,
                "userBundleCodes": codes,
            }
        )

    def deallocate_group(self, call: Call, state: UiPathState) -> Reply:
        """Remove a group's rule, if there is one."""
        refuse_body(call)
        _organization(call, state).groups.pop(call.ids["group"], None)
        return Reply()

    def read_group_codes(self, call: Call, state: UiPathState) -> Reply:
        """The codes that stand in rules."""
        refuse_body(call)
        return Reply.json(_codes(_organization(call, state).groups))

    def read_user_codes(self, call: Call, state: UiPathState) -> Reply:
        """The codes that users have."""
        refuse_body(call)
        return Reply.json(_codes(_organization(call, state).users))


def _organization(call: Call, state: UiPathState) -> Organization:
    organization = state.organizations.get(call.ids["organization"])
    if organization is None:
        raise RefusalError(404, "There is no such organization.")
    return organization


def _available(organization: Organization) -> list[dict[str, Any]]:
    totals = organization.license.products if organization.license else {}
    return [
        {"code": code, "allocated": organization_taken(organization, code), "total": total}
        for code, total in totals.items()
    ]


def _rule(organization: Organization, codes: list[str], external: bool) -> dict[str, Any]:
    return {
        "availableUserBundles": _available(organization),
        "allocatedUserBundles": codes,
        "useExternalLicense": external,
    }


def _codes(holders: dict[str, Bundles]) -> list[str]:
    return list(dict.fromkeys(code for holder in holders.values() for code in holder.user_bundle_codes))


def _user(user_id: str, bundles: Bundles) -> dict[str, Any]:
    return {
        "id": user_id,
        "email": None,
        "name": None,
        "surname": None,
        "lastInUse": None,
        "userBundleLicenses": bundles.user_bundle_codes,
        "useExternalLicense": bundles.use_external_license,
        "orphan": False,
    }


def _strings(fields: dict[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise RefusalError(400, f"{name} is not a list of non-empty strings.")
    if len(set(value)) != len(value):
        raise RefusalError(400, f"{name} names one twice.")
    return value


def _flag(fields: dict[str, Any]) -> bool:
    value = fields.get("useExternalLicense", False)
    if not isinstance(value, bool):
        raise RefusalError(400, "useExternalLicense is not a boolean.")
    return value
