# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate for 127.0.0.1 and localhost from an authority made on the spot."""

import ssl
from pathlib import Path

import trustme


def make_context(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context, and the file of the authority that clients must trust. No key is written."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    directory.mkdir(parents=True, exist_ok=True)
    ca_path = directory / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_path))
    return context, ca_path
