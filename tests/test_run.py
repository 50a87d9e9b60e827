"""A verb at work: several readers, replay, cancel, bounded memory."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import Cancelled, OllamaError
from jupyter_ollama.events import Chunk, Event, Progress
from jupyter_ollama.run import KEPT_EVENTS, Run

Work = Generator[Event, None, int]


def count(cancel: CancelToken) -> Work:
    for number in range(5):
        yield Chunk(str(number))
    return 42


def test_a_run_starts_when_it_is_made_and_returns_its_value() -> None:
    started = threading.Event()

    def work(cancel: CancelToken) -> Work:
        started.set()
        yield from ()
        return 1

    run = Run.start(work)

    assert started.wait(2)
    assert 1 == run.result(2)
    assert run.done


def test_early_and_late_readers_see_the_same_events() -> None:
    run = Run.start(count)

    early = [event.content for event in run if isinstance(event, Chunk)]
    late = [event.content for event in run if isinstance(event, Chunk)]

    assert ["0", "1", "2", "3", "4"] == early == late
    assert 42 == run.result()


def test_asyncio_can_follow_and_await() -> None:
    async def follow() -> tuple[list[Event], int]:
        run = Run.start(count)
        return [event async for event in run], await run

    events, value = asyncio.run(follow())

    assert (5, 42) == (len(events), value)


def test_cancel_wakes_a_blocking_wait() -> None:
    def work(cancel: CancelToken) -> Work:
        yield Progress("writing_manifest")
        cancel.wait(60)
        return 0

    run = Run.start(work)
    next(iter(run))
    started = time.monotonic()
    run.cancel()

    with pytest.raises(Cancelled):
        run.result(5)
    assert time.monotonic() - started < 2


def test_on_cancel_calls_at_once_when_it_is_too_late_and_can_be_taken_back() -> None:
    token, calls = CancelToken(), []
    token.on_cancel(lambda: calls.append("kept"))
    token.on_cancel(lambda: calls.append("taken back"))()
    token.cancel()
    token.cancel()
    token.on_cancel(lambda: calls.append("late"))

    assert ["kept", "late"] == calls


def test_an_error_reaches_every_reader_after_the_events() -> None:
    def work(cancel: CancelToken) -> Work:
        yield Chunk("a")
        raise OllamaError("it broke.", hint="Mend it.")

    run = Run.start(work)
    for _ in range(2):
        seen = []
        with pytest.raises(OllamaError, match=r"it broke\. Mend it\."):
            seen.extend(run)
        assert isinstance(run.error, OllamaError)


def test_memory_is_bounded_and_a_late_reader_still_gets_the_whole_text() -> None:
    total = KEPT_EVENTS * 5

    def work(cancel: CancelToken) -> Work:
        for number in range(total):
            yield Chunk(str(number % 10))
        for number in range(total):
            yield Progress("quantizing", completed=number, total=total, facts={"source_type": "F16", "target_type": "Q8_0"})
        return 0

    run = Run.start(work)
    run.result(30)
    late = list(run)

    assert len(late) <= KEPT_EVENTS + 1
    assert "".join(str(number % 10) for number in range(total)) == "".join(e.content for e in late if isinstance(e, Chunk))
    last = late[-1]
    assert isinstance(last, Progress)
    assert total - 1 == last.completed


def test_folding_never_swallows_what_a_slow_reader_has_not_seen() -> None:
    go_on = threading.Event()

    def work(cancel: CancelToken) -> Work:
        yield Chunk("first")
        go_on.wait(5)
        for _ in range(KEPT_EVENTS * 3):
            yield Chunk("x")
        return 0

    run = Run.start(work)
    slow = iter(run)
    assert Chunk("first") == next(slow)
    go_on.set()
    run.result(30)

    assert KEPT_EVENTS * 3 == sum(len(event.content) for event in slow if isinstance(event, Chunk))


def test_a_result_that_does_not_come_in_time_is_a_timeout() -> None:
    def work(cancel: CancelToken) -> Work:
        cancel.wait(60)
        yield from ()
        return 0

    run = Run.start(work)
    with pytest.raises(TimeoutError):
        run.result(0.05)
    run.cancel()


def test_batches_hold_back_what_comes_fast_and_lose_nothing() -> None:
    def work(cancel: CancelToken) -> Work:
        for number in range(300):
            yield Chunk(f"{number} ")
            cancel.wait(0.001)
        return 1

    batches = list(Run.start(work).batches(0.1))

    assert 2 <= len(batches) <= 300 // 20
    assert 300 == sum(map(len, batches))


def test_batches_end_with_the_error() -> None:
    def work(cancel: CancelToken) -> Work:
        yield Chunk("a")
        raise OllamaError("broken.")

    batches = Run.start(work).batches(10)

    assert [Chunk("a")] == next(batches)
    with pytest.raises(OllamaError, match="broken"):
        next(batches)
