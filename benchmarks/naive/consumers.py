"""One consumer per socket; every agent of a tenant is in its group."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from benchmarks.naive.models import Agent


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """/live/?token=…"""

    group = ""

    async def connect(self) -> None:
        token = parse_qs(self.scope["query_string"].decode()).get("token", [""])[0]
        agent = await database_sync_to_async(Agent.objects.filter(token=token).first)()
        if agent is None:
            await self.close()
            return
        self.group = f"tenant_{agent.tenant_id}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def message_new(self, event: dict[str, Any]) -> None:
        await self.send_json(event["message"])
