"""Everything that openapi.json allows, and what it forbids, against the running service: no fault of ours,
no undocumented answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from apps.core import tenancy
from apps.tenants import tokens
from tests.service import Service
from tests.worlds import make_world

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)


@pytest.mark.advisory("S12", "Rocket.Chat CVE-2026-30833")
def test_generated_calls(service: Service) -> None:
    here = make_world().filante
    with tenancy.scope(here.id):
        _, text = tokens.issue("fuzz", role="admin", days=1, issuer=None, actor="tests")
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    command += [f"{service.url}/api/v1/openapi.json", "-H", f"Authorization: Bearer {text}"]
    command += ["--phases", "coverage", "--seed", "1", "--checks", CHECKS, "--no-color"]
    done = subprocess.run(
        command, cwd=service.folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Selected: 7/7" in done.stdout
