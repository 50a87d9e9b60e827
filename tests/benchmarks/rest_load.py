"""The client of ``bench_load_rest``: chat streams one after the other on so many connections, and a steady rate of /api/tags.

python rest_load.py URL STREAMS RATE SECONDS     prints what it measured, as JSON
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


class Load:
    """What is found out."""

    def __init__(self, url: str, seconds: float) -> None:
        place = urlsplit(url)
        self.place = (place.hostname or "", place.port or 80)
        self.ends = time.monotonic() + seconds
        self.rates: list[float] = []
        self.waits: list[float] = []
        self.problems: list[str] = []
        self.answers = 0

    async def stream(self, number: int) -> None:
        """Ask again and again; every answer has to be what was asked."""
        tokens, seconds, turn = 0, 0.0, 0
        while time.monotonic() < self.ends:
            turn += 1
            text = f"stream {number} in its turn {turn} says {chr(97 + number % 26) * 20}."
            body = json.dumps({"model": "echo", "messages": [{"role": "user", "content": text}]})
            started = time.monotonic()
            status, answer = await self.ask("POST", "/api/chat", body)
            seconds += time.monotonic() - started
            said = [json.loads(line) for line in answer.splitlines()]
            tokens += len(said)
            heard = "".join(one.get("message", {}).get("content", one.get("error", "")) for one in said)
            self.answers += 1
            if status != 200 or heard != text:
                self.problems.append(f"{status} {heard!r:.80} instead of {text!r}")
        self.rates.append(tokens / seconds)

    async def tags(self, rate: int) -> None:
        """So many requests a second, whether or not the ones before were answered."""
        begun, tasks, count = time.monotonic(), [], 0
        while time.monotonic() < self.ends:
            count += 1
            await asyncio.sleep(max(0.0, begun + count / rate - time.monotonic()))
            tasks.append(asyncio.ensure_future(self.one_tags()))
        await asyncio.gather(*tasks)

    async def one_tags(self) -> None:
        started = time.monotonic()
        status, _ = await self.ask("GET", "/api/tags")
        self.waits.append(time.monotonic() - started)
        if status != 200:
            self.problems.append(f"tags: {status}")

    async def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """A request on a connection of its own, which ends with the answer."""
        try:
            reader, writer = await asyncio.open_connection(*self.place)
            head = f"{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write((head + body).encode())
            told = await reader.read()
            writer.close()
        except OSError as error:
            return 0, json.dumps({"error": str(error)})
        first, _, rest = told.partition(b"\r\n\r\n")
        return int(first.split()[1]), rest.decode()


async def main(url: str, streams: int, rate: int, seconds: float) -> dict[str, Any]:
    load = Load(url, seconds)
    work = [load.stream(number) for number in range(streams)]
    await asyncio.gather(*work, *([load.tags(rate)] if rate else []))
    waits = sorted(load.waits) or [0.0]
    found = {"p99": waits[min(len(waits) - 1, int(0.99 * len(waits)))], "tags": len(load.waits), "answers": load.answers}
    return {**found, "rates": load.rates, "problems": load.problems}


print(json.dumps(asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))))
