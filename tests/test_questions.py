"""Work asks whoever waits for it, on the thread that waits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import Cancelled
from jupyter_ollama.events import Event, Progress
from jupyter_ollama.run import Run


def asking(question: Callable[[], object], before: int = 0) -> Run[object]:
    """Work that yields so many steps and then returns the answer to a question."""

    def work(cancel: CancelToken) -> Generator[Event, None, object]:
        for number in range(before):
            yield Progress("note", facts={"text": str(number)})
        return cancel.ask(question)

    return Run.start(work, verb="ask")


async def awaited(run: Run[object]) -> object:
    return await run


@pytest.mark.parametrize(
    "wait",
    [lambda run: run.result(10), list, lambda run: list(run.batches(0.01)), lambda run: asyncio.run(awaited(run))],
    ids=["result", "iteration", "batches", "await"],
)
def test_who_waits_answers_on_their_own_thread(wait: Callable[[Run[object]], object]) -> None:
    run = asking(threading.current_thread, before=3)
    wait(run)

    assert run.result(10) is threading.current_thread()


def test_events_are_read_before_a_question_is_answered() -> None:
    seen: list[str] = []
    run = asking(lambda: seen.append("asked"), before=3)
    for event in run:
        seen.append(event.status)  # type: ignore[union-attr]

    assert ["0", "1", "2", "asked"] == seen


def test_while_nobody_waits_the_work_does() -> None:
    run = asking(lambda: 1)
    deadline = time.monotonic() + 10
    while run.state != "asking":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not run.done
    assert 1 == run.result(10)
    assert "finished" == run.state


def test_what_a_question_raises_belongs_to_the_work_that_asked() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asking(fails).result(10)


def test_an_interrupt_belongs_to_who_was_asked_and_cancels_the_work() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    run = asking(interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.result(10)
    with pytest.raises(Cancelled):
        run.result(10)


def test_work_that_is_cancelled_waits_for_no_answer() -> None:
    run = asking(lambda: pytest.fail("asked"))
    while run.state != "asking":
        time.sleep(0.01)
    run.cancel()
    with pytest.raises(Cancelled):
        run.result(10)


def test_of_two_who_wait_one_is_asked() -> None:
    asked: list[str] = []

    def question() -> int:
        asked.append(threading.current_thread().name)
        time.sleep(0.05)
        return 1

    run = asking(question)
    threads = [threading.Thread(target=run.result, args=(10,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert 1 == len(asked)
    assert 1 == run.result(10)


def test_several_questions_are_answered_in_order() -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, list[int]]:
        return [cancel.ask(lambda number=number: number) for number in range(5)]  # type: ignore[misc]
        yield

    assert list(range(5)) == Run.start(work).result(10)


def test_a_time_limit_counts_while_nobody_is_asked() -> None:
    run = asking(lambda: time.sleep(0.2))
    assert run.result(0.1) is None  # the answer took longer, but waiting did not

    def never(cancel: CancelToken) -> Generator[Event, None, None]:
        cancel.wait(60)
        yield Progress("success")

    stuck = Run.start(never)
    with pytest.raises(TimeoutError):
        stuck.result(0.05)
    stuck.cancel()
