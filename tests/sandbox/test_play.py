"""`sandbox_play`: recorded scenarios replayed against the running service, everything over the wire."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.connections.models import EntryPoint
from apps.conversations.models import Conversation, Message
from apps.core import tenancy
from apps.sandbox.management.commands.sandbox_play import RECORDED
from apps.sandbox.models import SandboxThread
from tests.service import Service
from tests.worlds import Side, World

SAID = {
    "appointment": {"Bonjour, plus d’internet depuis ce matin.", "C’est noté pour jeudi.", "Merci !"},
    "two_at_once": {"My new SIM shows no network.", "Please restart it once.", "It works now, thank you."},
}


def play(file: object, side: Side) -> dict[str, object]:
    out = io.StringIO()
    call_command("sandbox_play", str(file), tenant=side.slug, speed=1000, json=True, stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def said(side: Side, name: str) -> set[str]:
    """What stands in the conversation of the customer of that name."""
    with tenancy.scope(side.id):
        address = SandboxThread.objects.get(phone__name=name).address
        conversation = Conversation.objects.get(address__value=address)
        return set(Message.objects.filter(conversation=conversation).values_list("text", flat=True))


def test_every_recorded_scenario_is_tested() -> None:
    assert {path.stem for path in RECORDED.glob("*.jsonl")} == set(SAID)


def test_recorded_scenarios_play_out(committed_world: World, service: Service) -> None:
    side, other = committed_world.filante, committed_world.garance
    with tenancy.scope(side.id):
        EntryPoint.objects.create(name="Mobile", tag="mobile")
    assert play("appointment", side) == {"played": 11}
    assert play(RECORDED / "two_at_once.jsonl", side) == {"played": 17}
    assert said(side, "Camille") >= SAID["appointment"]
    assert said(side, "Nour") >= SAID["two_at_once"]
    assert "Depuis hier soir." in said(side, "Jules")
    with tenancy.scope(other.id):
        assert (SandboxThread.objects.count(), Conversation.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("nonsense", "line 1: not a JSON object"),
        ('\n{"pause": 0}\n{"who": "x"}', "line 3: nobody does anything"),
        ('{"who": "x", "says": "y"}', "line 1: KeyError: 'x'"),
    ],
)
def test_a_line_that_cannot_be_played_is_named(
    committed_world: World, tmp_path: Path, lines: str, words: str
) -> None:
    file = tmp_path / "scenario.jsonl"
    file.write_text(lines)
    with pytest.raises(CommandError, match=words):
        play(file, committed_world.filante)


def test_a_business_or_a_file_that_is_not_there(committed_world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there is no business"):
        call_command("sandbox_play", "appointment", tenant="nobody")
    with pytest.raises(CommandError, match="No such file"):
        play(tmp_path / "missing.jsonl", committed_world.filante)
