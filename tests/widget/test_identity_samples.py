"""What the portal gives to copy really proves a customer: each sample is run as its own language runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from apps.connections import identity_samples, identity_secrets
from apps.connections.models import EntryPoint
from apps.core import tenancy
from apps.widget import identity
from tests.worlds import Side

CUSTOMER = "c-42é"
PYTHON = "import json; print(json.dumps(proof_of({})))"
NODE = "console.log(JSON.stringify(proofOf({})));"


def run(sample: identity_samples.Sample, secret: str, folder: Path) -> object:
    """The proof of CUSTOMER that the sample makes, in a process of its own."""
    python = "Python" in sample.title
    call = (PYTHON if python else NODE).format(json.dumps(CUSTOMER))
    program = folder / ("sample.py" if python else "sample.mjs")
    program.write_text(f"{sample.code}\n{call}\n")
    # Playwright, which the browser stories need, brings a Node.js.
    runner = sys.executable if python else str(compute_driver_executable()[0])
    environment = {**os.environ, identity_samples.ENVIRONMENT: secret}
    done = subprocess.run([runner, program], env=environment, capture_output=True, check=True, timeout=30)
    return json.loads(done.stdout)


@pytest.mark.parametrize("place", range(3))
def test_each_way_to_sign_is_accepted(filante: Side, tmp_path: Path, place: int) -> None:
    with tenancy.scope(filante.id):
        point = EntryPoint.objects.get(pk=filante.entry_point.pk)
        samples = identity_samples.on_the_server(point)
        secret = identity_secrets.rotate(point, actor="alice")
        assert identity.verify(point, run(samples[place], secret, tmp_path)) == CUSTOMER
        with pytest.raises(identity.BadIdentity, match=r"^identity_forged$"):
            identity.verify(point, run(samples[place], "x" * 43, tmp_path))
    assert len(samples) == 3
