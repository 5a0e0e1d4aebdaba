"""Everything that openapi.json allows, and what it forbids, against the running service: no fault of ours,
no undocumented answer, nothing without a token. Real ids stand in the paths, so that the calls go through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from apps.connections.models import MessageTemplate
from apps.core import tenancy
from apps.tenants import tokens
from tests.api.test_reading import stored_file
from tests.isolation.rich import fill
from tests.service import Service
from tests.worlds import Side, make_world

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance,ignored_auth,unsupported_method"
)
CONFIG = """
[[operations]]
include-path-regex = "/conversations/{{id}}/"
parameters = {{ "path.id" = "{conversation}" }}

[[operations]]
include-path-regex = "/channels/{{id}}/"
parameters = {{ "path.id" = "{channel}" }}

[[operations]]
include-path-regex = "/attachments/"
parameters = {{ "path.id" = "{attachment}" }}
"""


def configured(here: Side, folder: Path) -> None:
    """A conversation, a channel with templates and a file that are there."""
    attachment = stored_file(here, "a.txt")
    with tenancy.scope(here.id):
        template = fill(MessageTemplate)
    ids = {"conversation": here.conversation.pk, "attachment": attachment.pk, "channel": template.channel_id}
    words = CONFIG.format(**ids)
    (folder / "schemathesis.toml").write_text(words)


@pytest.mark.advisory("S12", "Rocket.Chat CVE-2026-30833")
def test_generated_calls(service: Service) -> None:
    here = make_world().filante
    configured(here, service.folder)
    with tenancy.scope(here.id):
        _, text = tokens.issue("fuzz", role="admin", days=1, issuer=None, actor="tests")
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    command += [f"{service.url}/api/v1/openapi.json", "-H", f"Authorization: Bearer {text}"]
    command += ["--phases", "coverage", "--seed", "1", "--checks", CHECKS, "--no-color"]
    done = subprocess.run(
        command, cwd=service.folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Selected: 10/10" in done.stdout
