# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which a module signs in to UiPath."""

from __future__ import annotations


class ModuleDocFragment:
    """The options with which a module signs in to UiPath."""

    DOCUMENTATION = r"""
options:
  base_url:
    description:
      - The address of Automation Suite or Private Test Cloud, such as V(https://suite.example.com).
      - Required, by either way.
      - Supplied by the environment variable E(UIPATH_BASE_URL) where the option is not set.
    type: str
  auth_flow:
    description:
      - How to sign in as a host administrator. V(account) is the documented ROPC sign-in with O(username) and
        O(password); V(password) is OAuth's password grant with these two and a client; V(client_credentials) needs only
        a client.
      - When it is not set, it follows from what is given. O(access_token) alone needs no sign-in.
      - Supplied by the environment variable E(UIPATH_AUTH_FLOW) where the option is not set.
    type: str
    choices: [account, password, client_credentials]
  username:
    description:
      - The user name or e-mail address of a host administrator.
      - Supplied by the environment variable E(UIPATH_USERNAME) where the option is not set.
    type: str
  password:
    description:
      - The password of O(username).
      - Supplied by the environment variable E(UIPATH_PASSWORD) where the option is not set.
    type: str
  client_id:
    description:
      - The ID of an OAuth client.
      - Supplied by the environment variable E(UIPATH_CLIENT_ID) where the option is not set.
    type: str
  client_secret:
    description:
      - The secret of O(client_id).
      - Supplied by the environment variable E(UIPATH_CLIENT_SECRET) where the option is not set.
    type: str
  access_token:
    description:
      - A token that was obtained before, for example by M(tenantops.licensing.uipath_login). It cannot be renewed.
      - Supplied by the environment variable E(UIPATH_ACCESS_TOKEN) where the option is not set.
    type: str
  host_account_id:
    description:
      - The account ID of the host.
      - Supplied by the environment variable E(UIPATH_HOST_ACCOUNT_ID) where the option is not set.
    type: str
    default: feb0dd79-85b6-483b-b297-0e49a1aa5b7d
  tenancy_name:
    description:
      - The tenancy in which O(username) is known.
      - Supplied by the environment variable E(UIPATH_TENANCY_NAME) where the option is not set.
    type: str
    default: host
  scope:
    description:
      - OAuth scopes, separated by spaces. When it is not set, V(client_credentials) asks for the license scopes
        C(PM.License PM.License.Read PM.License.Write) and V(password) for none.
      - Supplied by the environment variable E(UIPATH_SCOPE) where the option is not set.
    type: str
  sign_in_path:
    description:
      - The path of the sign-in, below O(base_url). When it is not set, it is C(/api/account/authenticate) for
        V(account), else C(/identity_/connect/token). Older versions have other paths.
      - Supplied by the environment variable E(UIPATH_SIGN_IN_PATH) where the option is not set.
    type: str
  lrm_path:
    description:
      - The path of the License Resource Manager, below O(base_url).
      - Supplied by the environment variable E(UIPATH_LRM_PATH) where the option is not set.
    type: str
    default: /lrm
  validate_certs:
    description:
      - Whether the server's TLS certificate must verify.
      - Supplied by the environment variable E(UIPATH_VALIDATE_CERTS) where the option is not set.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder with the certificates of a private certificate authority, where the module runs.
      - Supplied by the environment variable E(UIPATH_CA_PATH) where the option is not set.
    type: path
  timeout:
    description:
      - Seconds to wait for a connection and, apart from that, between two parts of an answer; at most 3600.
      - An answer as a whole may take ten times as long. One that takes longer is given up, and not asked for again.
      - Supplied by the environment variable E(UIPATH_TIMEOUT) where the option is not set.
    type: float
    default: 30.0
  max_retries:
    description:
      - How often one call is repeated. Reads are repeated on broken connections and on the statuses 429, 500,
        502, 503 and 504; writes only where the call surely did not happen.
      - Supplied by the environment variable E(UIPATH_MAX_RETRIES) where the option is not set.
    type: int
    default: 5
  max_wait:
    description:
      - Seconds that one call may wait altogether between its tries, and for a limit that the server names.
        A longer wait is not begun; the task fails with RV(ignore:failure.kind=rate_limited).
      - Supplied by the environment variable E(UIPATH_MAX_WAIT) where the option is not set.
    type: float
    default: 300.0
  max_response_size:
    description:
      - How large one answer may be, in MiB after it is unpacked, from 1 to 4096. A larger one is not read to its end.
      - Supplied by the environment variable E(UIPATH_MAX_RESPONSE_SIZE) where the option is not set.
    type: int
    default: 64
  allow_plain_http:
    description:
      - Whether to call an C(http) address of another machine. Everybody on the way can then read the sign-in along, so
        without this nothing is sent there. The machine itself (C(localhost)) can always be called.
      - Supplied by the environment variable E(UIPATH_ALLOW_PLAIN_HTTP) where the option is not set.
    type: bool
    default: false
"""
