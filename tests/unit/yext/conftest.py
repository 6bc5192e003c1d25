# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for each test, and an environment without anybody's own settings."""

from ansible_collections.tenantops.licensing.tests.unit.support.fixtures import clean_environment, clock, server

__all__ = ["clean_environment", "clock", "server"]
