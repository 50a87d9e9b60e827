"""Prompt work is done by the loop itself for as long as it is prompt."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.address import Address
from jupyter_ollama.server import context as contexts
from jupyter_ollama.server.context import Context
from jupyter_ollama.server.guard import Guard


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with Ollama(tmp_path / "models") as ollama:
        made = Context(ollama, Guard(Address()))
        yield made
        made.close()


def here() -> bool:
    """Whether it is the loop that does it, which runs on the main thread here."""
    return threading.current_thread() is threading.main_thread()


@pytest.mark.parametrize("limit", ["_PROMPT_S", "_PROMPT_CPU_S"])
def test_what_took_long_is_left_to_a_thread_until_it_is_quick_again(context: Context, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    def anything_is(long: bool) -> None:
        for name in ("_PROMPT_S", "_PROMPT_CPU_S"):
            monkeypatch.setattr(contexts, name, 0.0 if long and name == limit else 1e9)

    async def ask() -> list[bool]:
        found = []
        for long in (False, False, True, True, False, False):
            anything_is(long)
            found.append(await context.promptly(here))
        return found

    assert asyncio.run(ask()) == [False, True, True, False, False, True]


def test_what_fails_is_told(context: Context) -> None:
    async def ask() -> None:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await context.promptly(lambda: 1 // 0)

    asyncio.run(ask())
