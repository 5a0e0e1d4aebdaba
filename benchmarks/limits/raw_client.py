"""What one process can send at all: the HTTP library in a bare loop, 200 calls at once.

python -m benchmarks.limits.raw_client URL TOTAL      prints messages per second
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import aiohttp

AT_ONCE = 200


def rate(url: str, total: int) -> float:
    """Messages per second of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.limits.raw_client", url, str(total)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def _send_all(url: str, total: int) -> float:
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    numbers = iter(range(total))
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.perf_counter()
        await asyncio.gather(*(_send(session, url, numbers) for _ in range(AT_ONCE)))
        return total / (time.perf_counter() - began)


async def _send(session: aiohttp.ClientSession, url: str, numbers: object) -> None:
    for number in numbers:  # type: ignore[attr-defined]
        body = {"chat_id": number, "text": f"{number} Bonjour, votre ligne est rétablie."}
        async with session.post(url, json=body) as answer:
            await answer.json()


if __name__ == "__main__":
    print(asyncio.run(_send_all(sys.argv[1], int(sys.argv[2]))))
