# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which a module signs in to Yext."""

from __future__ import annotations


class ModuleDocFragment:
    """The options with which a module signs in to Yext."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - The address of the Management API; another one for the EU (V(https://api.eu.yextapis.com/v2)) and for the
        sandbox (V(https://sbx-api.yextapis.com/v2)). It is never guessed from the account.
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
      - The key of an app with the permission for licenses. Either this or O(access_token) is required.
      - Supplied by the environment variable E(YEXT_API_KEY) where the option is not set.
    type: str
  access_token:
    description:
      - An OAuth token, in place of O(api_key).
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
      - Seconds to wait for a connection and, apart from that, between two parts of an answer; at most 3600.
      - An answer as a whole may take ten times as long. One that takes longer is given up, and not asked for again.
      - Supplied by the environment variable E(YEXT_TIMEOUT) where the option is not set.
    type: float
    default: 30.0
  max_retries:
    description:
      - How often one call is repeated. Reads are repeated on broken connections and on the statuses 429, 500,
        502, 503 and 504; writes only where the call surely did not happen.
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
  max_response_size:
    description:
      - How large one answer may be, in MiB after it is unpacked, from 1 to 4096. A larger one is not read to its end.
      - Supplied by the environment variable E(YEXT_MAX_RESPONSE_SIZE) where the option is not set.
    type: int
    default: 64
  allow_plain_http:
    description:
      - Whether to call an C(http) address of another machine. Everybody on the way can then read the sign-in along, so
        without this nothing is sent there. The machine itself (C(localhost)) can always be called.
      - Supplied by the environment variable E(YEXT_ALLOW_PLAIN_HTTP) where the option is not set.
    type: bool
    default: false
"""
