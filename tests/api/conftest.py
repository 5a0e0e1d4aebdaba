"""A program of each business, with a token as the owner would issue it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from apps.api.caller import PerToken
from apps.core import tenancy
from apps.tenants import tokens
from apps.tenants.models import ApiToken
from tests.worlds import Side

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Program:
    """Calls the API as a program of one business does."""

    token: ApiToken
    text: str

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"{ROOT}{path}", query, headers=self._headers())

    def post(self, path: str, body: Any, *, key: str | None) -> Any:
        headers = self._headers() | ({"Idempotency-Key": key} if key is not None else {})
        return Client().post(f"{ROOT}{path}", body, content_type="application/json", headers=headers)

    def upload(self, path: str, content: bytes, name: str) -> Any:
        file = SimpleUploadedFile(name, content)
        return Client().post(f"{ROOT}{path}", {"file": file}, headers=self._headers())

    def call(self, method: str, path: str) -> Any:
        """Any method, with a body that would be good."""
        headers = self._headers() | {"Idempotency-Key": "k"}
        client = Client()
        return client.generic(
            method, f"{ROOT}{path}", b'{"text": "x"}', content_type="application/json", headers=headers
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"}


@pytest.fixture(autouse=True)
def fresh_allowance() -> None:
    PerToken.cache.clear()


@pytest.fixture
def program_of() -> Callable[..., Program]:
    def issue(side: Side, *, role: str = "agent", name: str = "CRM") -> Program:
        with tenancy.scope(side.id):
            return Program(*tokens.issue(name, role=role, days=30, issuer=None, actor="tests"))

    return issue


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    schema = SchemaGenerator(urlconf="apps.api.described").get_schema(request=None, public=True)
    document: dict[str, Any] = json.loads(json.dumps(schema, default=str))
    return document
