"""An application that takes a second for each answer and says which process gave it."""

from __future__ import annotations

import asyncio
import os
from typing import Any

SECONDS = 1.0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    await asyncio.sleep(SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
