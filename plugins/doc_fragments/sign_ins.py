# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which a module signs in to both products."""

from __future__ import annotations


class ModuleDocFragment:
    """The options with which a module signs in to both products."""

    DOCUMENTATION = r"""
options:
  uipath:
    description:
      - How to sign in to UiPath, where the desired state names organizations.
      - The options are those of the other modules, and so are their environment variables.
    type: dict
    suboptions:
      base_url:
        description:
          - The address of Automation Suite or Private Test Cloud, such as V(https://suite.example.com).
          - Required, by either way.
          - Supplied by the environment variable E(UIPATH_BASE_URL) where the option is not set.
        type: str
      auth_flow:
        description:
          - How to sign in as a host administrator. V(account) is the documented ROPC sign-in with O(uipath.username)
            and O(uipath.password); V(password) is OAuth's password grant with these two and a client;
            V(client_credentials) needs only a client.
          - When it is not set, it follows from what is given. O(uipath.access_token) alone needs no sign-in.
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
          - The password of O(uipath.username).
          - Supplied by the environment variable E(UIPATH_PASSWORD) where the option is not set.
        type: str
      client_id:
        description:
          - The ID of an OAuth client.
          - Supplied by the environment variable E(UIPATH_CLIENT_ID) where the option is not set.
        type: str
      client_secret:
        description:
          - The secret of O(uipath.client_id).
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
          - The tenancy in which O(uipath.username) is known.
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
          - The path of the sign-in, below O(uipath.base_url). When it is not set, it is
            C(/api/account/authenticate) for V(account), else C(/identity_/connect/token). Older versions have other
            paths.
          - Supplied by the environment variable E(UIPATH_SIGN_IN_PATH) where the option is not set.
        type: str
      lrm_path:
        description:
          - The path of the License Resource Manager, below O(uipath.base_url).
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
          - Seconds to wait for a connection and, apart from that, between two parts of an answer.
          - Supplied by the environment variable E(UIPATH_TIMEOUT) where the option is not set.
        type: float
        default: 30.0
      max_retries:
        description:
          - How often one call is repeated. Reads are repeated on broken connections and on the statuses 429, 500,
            502, 503
            and 504; writes only where the call surely did not happen.
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
  yext:
    description:
      - How to sign in to Yext, where the desired state names license packs.
      - The options are those of the other modules, and so are their environment variables.
    type: dict
    suboptions:
      api_url:
        description:
          - The address of the Management API; another one for the EU (V(https://api.eu.yextapis.com/v2)) and for
            the sandbox
            (V(https://sbx-api.yextapis.com/v2)). It is never guessed from the account.
          - Supplied by the environment variable E(YEXT_API_URL) where the option is not set.
        type: str
        default: https://api.yextapis.com/v2
      account_id:
        description:
          - The account that owns the license packs; V(me) is the one that owns the key.
          - Supplied by the environment variable E(YEXT_ACCOUNT_ID) where the option is not set.
        type: str
        default: me
      api_key:
        description:
          - The key of an app with the permission for licenses. Either this or O(yext.access_token) is required.
          - Supplied by the environment variable E(YEXT_API_KEY) where the option is not set.
        type: str
      access_token:
        description:
          - An OAuth token, in place of O(yext.api_key).
          - Supplied by the environment variable E(YEXT_ACCESS_TOKEN) where the option is not set.
        type: str
      api_version:
        description:
          - The day on whose behaviour of the API the collection is built, as C(YYYYMMDD).
          - Supplied by the environment variable E(YEXT_API_VERSION) where the option is not set.
        type: str
        default: "20250101"
      page_size:
        description:
          - How many entries a page of a listing has; when it is not set, the server decides.
          - Supplied by the environment variable E(YEXT_PAGE_SIZE) where the option is not set.
        type: int
      validate_certs:
        description:
          - Whether the server's TLS certificate must verify.
          - Supplied by the environment variable E(YEXT_VALIDATE_CERTS) where the option is not set.
        type: bool
        default: true
      ca_path:
        description:
          - A file or folder with the certificates of a private certificate authority, where the module runs.
          - Supplied by the environment variable E(YEXT_CA_PATH) where the option is not set.
        type: path
      timeout:
        description:
          - Seconds to wait for a connection and, apart from that, between two parts of an answer.
          - Supplied by the environment variable E(YEXT_TIMEOUT) where the option is not set.
        type: float
        default: 30.0
      max_retries:
        description:
          - How often one call is repeated. Reads are repeated on broken connections and on the statuses 429, 500,
            502, 503
            and 504; writes only where the call surely did not happen.
          - Supplied by the environment variable E(YEXT_MAX_RETRIES) where the option is not set.
        type: int
        default: 5
      max_wait:
        description:
          - Seconds that one call may wait altogether between its tries, and for a limit that the server names.
            A longer wait is not begun; the task fails with RV(ignore:failure.kind=rate_limited).
          - Supplied by the environment variable E(YEXT_MAX_WAIT) where the option is not set.
        type: float
        default: 300.0
requirements:
  - requests >= 2.31
"""
