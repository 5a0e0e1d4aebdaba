"""openapi.json is true: generated without warnings, valid, and what the service answers fits it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from tests.api.conftest import Program
from tests.api.test_reading import stored_file
from tests.isolation.rich import PNG
from tests.worlds import World


def test_it_is_made_without_warnings_and_valid(document: dict[str, Any]) -> None:
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert document["openapi"] == "3.1.0"
    validate_schema(document)


def test_it_lists_what_there_is(document: dict[str, Any]) -> None:
    operations = {(m, path) for path, item in document["paths"].items() for m in item if m != "parameters"}
    assert operations == {
        ("get", "/api/v1/conversations/"),
        ("get", "/api/v1/conversations/{id}/"),
        ("get", "/api/v1/conversations/{id}/messages/"),
        ("post", "/api/v1/conversations/{id}/messages/"),
        ("post", "/api/v1/conversations/{id}/attachments/"),
        ("get", "/api/v1/attachments/{id}/"),
        ("get", "/api/v1/channels/"),
        ("get", "/api/v1/channels/{id}/templates/"),
        ("get", "/api/v1/entry-points/"),
        ("get", "/api/v1/prices/"),
    }


@pytest.mark.django_db
def test_it_is_served_to_anyone(document: dict[str, Any]) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, json.loads(answer.content)) == (200, document)


def test_answers_fit_it(world: World, program_of: Callable[..., Program], document: dict[str, Any]) -> None:
    here, crm = world.filante, program_of(world.filante)
    stored_file(here, "a.txt")
    one = f"/conversations/{here.conversation.pk}/"
    asked = {
        "ConversationFactsPage": crm.get("/conversations/"),
        "ConversationWhole": crm.get(one),
        "MessageFactsPage": crm.get(f"{one}messages/"),
        "AttachmentFacts": crm.upload(f"{one}attachments/", PNG, "plan.png"),
        "MessageFacts": crm.post(f"{one}messages/", {"text": "Bonjour"}, key="k"),
        "ChannelFactsPage": crm.get("/channels/"),
        "EntryPointFactsPage": crm.get("/entry-points/"),
        "Problem": crm.get("/conversations/", status="gone"),
    }
    for name, answer in asked.items():
        schema = {**document["components"]["schemas"][name], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())
