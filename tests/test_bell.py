"""Waking an event loop from many threads."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jupyter_ollama import bell as bells
from jupyter_ollama.bell import Bell


def test_who_rings_is_heard_once_and_in_the_loop() -> None:
    heard: list[tuple[int, int]] = []
    idents: set[int] = set()

    async def listen() -> int:
        bell, done = Bell(asyncio.get_running_loop()), asyncio.Event()

        def call(number: int, turn: int) -> None:
            heard.append((number, turn))
            idents.add(threading.get_ident())
            if len(heard) == 8 * 500:
                done.set()

        def work(number: int) -> None:
            for turn in range(500):
                bell.ring(lambda turn=turn: call(number, turn))  # type: ignore[misc]

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        await asyncio.wait_for(done.wait(), 20)
        return threading.get_ident()

    assert {asyncio.run(listen())} == idents
    assert sorted(heard) == [(number, turn) for number in range(8) for turn in range(500)]
    assert [turn for number, turn in heard if number == 3] == list(range(500))


def test_the_first_is_answered_at_once_and_those_soon_after_it_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "PAUSE_S", 3600)

    async def listen() -> list[int]:
        heard: list[int] = []
        bell = Bell(asyncio.get_running_loop())
        for number in range(3):
            bell.ring(lambda number=number: heard.append(number))  # type: ignore[misc]
            await asyncio.sleep(0.05)
        return heard

    assert asyncio.run(listen()) == [0]


def test_a_call_that_fails_takes_no_other_with_it() -> None:
    async def listen() -> list[str]:
        loop, heard = asyncio.get_running_loop(), list[str]()
        told: list[object] = []
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
        bell = Bell(loop)
        bell.ring(lambda: [][0])  # type: ignore[var-annotated]
        bell.ring(lambda: heard.append("second"))
        await asyncio.sleep(0.1)
        assert [type(error) for error in told] == [IndexError]
        return heard

    assert asyncio.run(listen()) == ["second"]


def test_a_loop_that_has_ended_hears_nothing() -> None:
    async def begin() -> Bell:
        return Bell(asyncio.get_running_loop())

    asyncio.run(begin()).ring(lambda: pytest.fail("nobody is there"))
