"""What one Ollama is doing is known, whoever started it."""

from __future__ import annotations

import contextvars
import gc
import threading
from collections.abc import Callable, Generator
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import StoreError
from jupyter_ollama.events import Chunk, Event, Progress
from jupyter_ollama.run import Run, Work
from jupyter_ollama.runs import ENDED_KEPT, ORIGIN, Runs


def held(gate: threading.Event, *events: Event) -> Work[str]:
    """Work that reports, and goes on when the gate opens."""

    def work(cancel: CancelToken) -> Generator[Event, None, str]:
        yield from events
        while not gate.wait(0.01):
            cancel.check()
        return "ready"

    return work


def until(holds: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(2000):
        if holds():
            return
        tick.wait(0.005)
    raise AssertionError("it did not come true")


def quick(value: Any = None) -> Work[Any]:
    def work(cancel: CancelToken) -> Generator[Event, None, Any]:
        yield Chunk("a")
        return value

    return work


def test_a_run_is_known_from_its_start_to_its_end_and_after() -> None:
    runs, gate = Runs(), threading.Event()
    step = Progress("pulling_manifest")

    run = runs.start(held(gate, step, Chunk("x")), verb="pull", model="mario")
    until(lambda: runs.states()[0].step is not None)
    (working,) = runs.states()
    gate.set()
    run.result(5)
    until(lambda: runs.states()[0].state == "finished")

    assert (working.number, working.verb, working.model, working.state, working.step) == (1, "pull", "mario", "running", step)
    assert repr(runs) == "<Runs: pull mario finished>"


def test_how_a_run_failed_or_was_cancelled_is_known() -> None:
    def fail(cancel: CancelToken) -> Generator[Event, None, None]:
        yield Progress("success")
        raise StoreError("the disk is gone.", hint="Plug it in.")

    runs, gate = Runs(), threading.Event()
    runs.start(fail, verb="create")
    runs.start(held(gate), verb="chat").cancel()
    until(lambda: [one.state for one in runs.states()] == ["failed", "cancelled"])

    assert [one.failure for one in runs.states()] == ["the disk is gone. Plug it in.", ""]


def test_a_run_is_found_by_its_number_while_somebody_has_it() -> None:
    runs = Runs()
    run = runs.start(quick(7), verb="chat")
    run.result(5)
    until(lambda: runs.states()[0].state == "finished")

    assert runs.find(run.number) is run
    assert runs.find(99) is None
    number = run.number
    del run
    gc.collect()
    assert runs.find(number) is None
    assert [one.number for one in runs.states()] == [number]


def test_of_many_that_ended_the_last_are_known() -> None:
    runs = Runs()
    for _ in range(ENDED_KEPT + 5):
        runs.start(quick(), verb="embed").result(5)
    until(lambda: all(one.state == "finished" for one in runs.states()))

    assert [one.number for one in runs.states()] == list(range(6, ENDED_KEPT + 6))


def test_listeners_hear_starts_events_and_ends_until_they_leave() -> None:
    runs, heard = Runs(), []
    forget = runs.listen(lambda: heard.append(len(runs.states())))
    runs.start(quick(), verb="chat").result(5)
    until(lambda: len(heard) >= 3)
    forget()
    before = len(heard)
    runs.start(quick(), verb="chat").result(5)
    until(lambda: runs.states()[-1].state == "finished")

    assert len(heard) == before


def test_who_started_a_run_is_a_matter_of_the_context() -> None:
    def start() -> Run[Any]:
        ORIGIN.set("panel")
        return runs.start(quick(), verb="chat")

    runs = Runs()
    contextvars.copy_context().run(start)
    runs.start(quick(), verb="chat")

    assert [one.origin for one in runs.states()] == ["panel", ""]


def test_a_reader_takes_what_there_is_without_waiting_or_answering() -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, object]:
        yield Chunk("a")
        return cancel.ask(lambda: asked.append(1))

    asked: list[int] = []
    run = Run.start(work)
    reader = run.reader()
    until(lambda: run.state == "asking")

    assert reader.take() == ([Chunk("a")], False)
    assert reader.take() == ([], False)
    assert asked == []
    run.cancel()
