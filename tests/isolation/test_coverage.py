"""Nothing new escapes the tests of isolation: every way in is attacked somewhere, or is nobody's on purpose.

Addresses are attacked one by one by test_addresses, test_pages and test_simulators, without a list. For
everything else a new socket or place that writes SQL itself makes a test here red until someone has thought
of it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.console import sockets as console
from apps.widget import sockets as widget

ROOT = Path(__file__).resolve().parents[2]

# Modules that write SQL themselves: injected SQL could name another tenant (fact R8), so each passes values
# as parameters only, and a new one is looked at before it comes here.
WRITES_SQL = {
    "apps/backoffice/figures.py",
    "apps/backoffice/metrics.py",
    "apps/backoffice/doctor/database.py",
    "apps/connections/counts.py",
    "apps/connections/doors.py",
    "apps/connections/expiry.py",
    "apps/connections/health.py",
    "apps/connections/templates.py",
    "apps/connections/tidy.py",
    "apps/console/pushed_rows.py",
    "apps/console/read_marks.py",
    "apps/conversations/accepted.py",
    "apps/conversations/claim.py",
    "apps/conversations/deliver.py",
    "apps/conversations/forget.py",
    "apps/conversations/housekeeping.py",
    "apps/conversations/inbox.py",
    "apps/conversations/look.py",
    "apps/conversations/media.py",
    "apps/conversations/met_before.py",
    "apps/conversations/outcomes.py",
    "apps/conversations/queries.py",
    "apps/conversations/queued_rows.py",
    "apps/conversations/search.py",
    "apps/conversations/statuses.py",
    "apps/conversations/stream.py",
    "apps/conversations/taken_back.py",
    "apps/core/management/commands/database_roles.py",
    "apps/core/planned.py",
    "apps/core/postgres/base.py",
    "apps/core/rows.py",
    "apps/core/running/prepare.py",
    "apps/core/tenancy.py",
    "apps/sandbox/delivery.py",
    "apps/sandbox/doors.py",
    "apps/tenants/audit.py",
    "apps/tenants/doors.py",
    "apps/tenants/invite.py",
    "apps/tenants/teams.py",
    "apps/webhooks/writer.py",
    "apps/widget/doors.py",
}
LOOKS_ACROSS = {
    "apps/backoffice/doctor/deployment.py",
    "apps/backoffice/session.py",
    "apps/backoffice/site.py",
    "apps/backoffice/views/act.py",
    "apps/backoffice/views/support.py",
    "apps/connections/management/commands/rotate_keys.py",
    "apps/conversations/quarantine.py",
}


def modules_with(pattern: str) -> set[str]:
    sources = [path for path in (ROOT / "apps").rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(ROOT)) for path in sources if re.search(pattern, path.read_text())}


def test_every_socket_is_known() -> None:
    """test_sockets and tests/widget/test_socket try every op of these two."""
    assert [
        str(socket.pattern) for socket in (*console.websocket_urlpatterns, *widget.websocket_urlpatterns)
    ] == [
        "<slug:tenant>/inbox/live/",
        "widget/v1/live/",
    ]


def test_every_module_that_writes_sql_is_known() -> None:
    assert modules_with(r"\.cursor\(|planned_cursor\(|\.raw\(|RawSQL|\.extra\(|_raw_delete") == WRITES_SQL


@pytest.mark.advisory("S12", "Chatwoot CVE-2025-21628")
def test_no_sql_is_put_together_from_values() -> None:
    """Names of roles are ours; everything else travels as a parameter."""
    pattern = r"execute\(\s*(f[\"']|[\"'][^\"']*[\"']\s*%|[^)]*\.format\()"
    ours = {
        "apps/core/management/commands/database_roles.py",
        "apps/core/running/prepare.py",
        "apps/core/running/template.py",
    }
    assert modules_with(pattern) == ours


def test_every_module_that_looks_across_tenants_is_known() -> None:
    assert modules_with(r"tenancy\.operator\(\)|using\(.operator.\)") == LOOKS_ACROSS


def test_no_migration_gives_the_owners_role_back() -> None:
    """bin/up takes it by SET ROLE: after RESET ROLE the tables that follow would belong to the login."""
    migrations = (ROOT / "apps").glob("*/migrations/*.py")
    pattern = re.compile(r"[\"'](RESET ROLE|SET ROLE|SET SESSION AUTHORIZATION)")
    assert [path.name for path in migrations if pattern.search(path.read_text())] == []
