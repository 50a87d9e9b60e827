"""What a front end asks is answered, each request once, whatever it says and whatever gets lost."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import StoreError
from jupyter_ollama.events import Chunk, Event, Progress, ToolResult
from jupyter_ollama.messages import ToolCall
from jupyter_ollama.notebook.comms.front_end import MAX_OPEN
from jupyter_ollama.notebook.comms.hub import Hub
from jupyter_ollama.notebook.desk import VERBS, Ask, Started

from .conftest import Near

WORDS = [f"w{number} " for number in range(60)]
Work = Callable[[CancelToken], Generator[Event, None, Any]]


@pytest.fixture(autouse=True)
def verbs() -> Iterator[dict[str, Any]]:
    """The desk with verbs of the test, and as it was afterwards."""
    before = dict(VERBS)
    VERBS["echo"] = lambda ask: ask.any("what")
    yield VERBS
    VERBS.clear()
    VERBS.update(before)


def started(work: Work, finish: Callable[[Any], Any] = str, **more: Any) -> Callable[[Ask], Any]:
    return lambda ask: Started(ask.ollama.runs.start(work, verb="work", model="m"), finish, **more)


def words(cancel: CancelToken) -> Generator[Event, None, str]:
    for word in WORDS:
        cancel.wait(0.005)
        yield Chunk(word)
    return "said"


def endless(cancel: CancelToken) -> Generator[Event, None, str]:
    while True:
        yield Chunk("x")
        cancel.wait(0.01)


def partial(cancel: CancelToken) -> Generator[Event, None, str]:
    yield Chunk("x")
    while not cancel.cancelled:
        threading.Event().wait(0.01)
    return "what there was"


def test_a_quick_verb_is_answered_by_one_result(hub: Hub) -> None:
    front = Near(hub)

    assert front.answer("echo", what={"a": [1, "ä", None]}) == {"a": [1, "ä", None]}
    assert front.batches[0]["items"][0]["kind"] == "hello"
    assert front.threads == {"ollama-outbox"}


def test_events_travel_before_the_result_and_are_joined(hub: Hub, verbs: dict[str, Any]) -> None:
    verbs["work"] = started(words)
    front = Near(hub)
    request = front.ask("work")
    front.until(lambda: front.ended(request))

    assert (front.text(request), front.results[request]) == ("".join(WORDS), "said")
    assert len(front.events[request]) < len(WORDS)


def test_of_a_step_only_the_last_state_in_a_batch_travels(hub: Hub, verbs: dict[str, Any]) -> None:
    def pull(cancel: CancelToken) -> Generator[Event, None, str]:
        for done in range(2000):
            for layer in ("a", "b"):
                yield Progress("pulling", layer, done, 1999, {"short": layer})
        yield ToolResult(ToolCall("f", {}), "1")
        return ""

    verbs["work"] = started(pull)
    front = Near(hub)
    request = front.ask("work")
    front.until(lambda: front.ended(request))
    steps = [event for event in front.events[request] if event["type"] == "progress"]

    assert len(steps) < 400
    assert {event["digest"]: event["completed"] for event in steps} == {"a": 1999, "b": 1999}
    assert front.events[request][-1]["type"] == "tool"


@pytest.mark.parametrize("lost", [{3}, {3, 5, 6}, {4, 7}, {2}, {2, 3, 4}])
def test_after_lost_batches_the_front_end_has_the_whole_answer(hub: Hub, verbs: dict[str, Any], lost: set[int]) -> None:
    verbs["work"] = started(words)
    front = Near(hub, lost=frozenset(lost))
    request, answered = front.ask("work"), 0
    while not front.ended(request):
        front.until(lambda: front.ended(request) or front.gaps > answered)  # noqa: B023 (asked at once)
        if front.gaps > answered:
            answered = front.gaps
            front.ask("resync", open=[request])

    assert front.gaps > 0
    assert front.text(request) == "".join(WORDS)


def test_a_result_that_was_lost_is_sent_again_and_so_is_what_was_pushed(hub: Hub) -> None:
    front = Near(hub)
    front.answer("watch", topics=["models", "runs"])
    front.until(lambda: front.models is not None and front.latest("runs") is not None)
    front.lost = frozenset(range(1000))
    sent = front.sent
    request = front.ask("echo", what="here")
    front.until(lambda: front.sent > sent)
    front.lost, front.models = frozenset(), None
    front.pushes.clear()
    assert front.answer("resync", open=[request, 77]) is None

    assert front.results[request] == "here"
    assert "lost" in front.errors[77]["text"]
    front.until(lambda: front.models is not None and front.latest("runs") is not None)


def test_cancelling_a_request_cancels_its_run_even_before_it_has_begun(hub: Hub, verbs: dict[str, Any]) -> None:
    gate = threading.Event()

    def late(ask: Ask) -> Any:
        gate.wait(5)
        return started(endless)(ask)

    verbs["work"], verbs["late"] = started(endless), late
    front = Near(hub)
    running, waiting = front.ask("work"), front.ask("late")
    front.until(lambda: front.text(running))
    front.answer("cancel", of=running)
    front.answer("cancel", of=waiting)
    gate.set()
    front.until(lambda: front.ended(running) and front.ended(waiting))

    assert [front.errors[request]["kind"] for request in (running, waiting)] == ["Cancelled", "Cancelled"]
    assert front.answer("cancel", of=999) is None


def test_what_a_cancelled_run_has_is_its_result(hub: Hub, verbs: dict[str, Any]) -> None:
    verbs["work"] = started(partial)
    front = Near(hub)
    request = front.ask("work")
    front.until(lambda: front.text(request))
    front.ask("cancel", of=request)

    assert front.until(lambda: front.results.get(request)) == "what there was"


def test_a_run_of_somebody_else_is_followed_from_its_beginning_and_cancelled_by_its_number(hub: Hub, ollama: Ollama) -> None:
    run = ollama.runs.start(partial, verb="chat", model="mario")
    front = Near(hub)
    one, other = front.ask("follow", run=run.number), front.ask("follow", run=run.number)
    front.until(lambda: front.text(one) == front.text(other) == "x")
    front.answer("cancel", of=other)
    front.until(lambda: front.ended(other))
    assert (front.errors[other]["kind"], run.done) == ("Cancelled", False)
    front.answer("cancel", run=run.number)
    front.until(lambda: front.ended(one))

    assert run.state == "finished"
    assert front.results[one] is None
    assert "no run 12345" in front.refusal("follow", run=12345)["text"]


def test_a_run_that_asks_is_not_answered_by_who_follows_it(hub: Hub, ollama: Ollama) -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, str]:
        yield Chunk("x")
        asked.append(cancel.ask(lambda: threading.current_thread().name))
        return ""

    asked: list[str] = []
    run = ollama.runs.start(work, verb="chat")
    front = Near(hub)
    request = front.ask("follow", run=run.number)
    front.until(lambda: front.text(request) and run.state == "asking")
    assert not front.ended(request)
    run.result(5)
    front.until(lambda: front.ended(request))

    assert asked == [threading.current_thread().name]


def test_without_its_front_end_a_pull_goes_on_and_an_answer_ends_after_a_while(hub: Hub, ollama: Ollama, verbs: dict[str, Any]) -> None:
    verbs["pull"], verbs["chat"] = started(endless), started(endless, stays=False)
    front = Near(hub)
    requests = [front.ask("pull"), front.ask("chat")]
    front.until(lambda: all(map(front.text, requests)))
    pull, chat = (ollama.runs.find(number) for number in sorted(ollama.runs.working))
    assert pull is not None
    assert chat is not None
    front.there.close()

    front.until(lambda: chat.done)
    assert (chat.state, pull.state) == ("cancelled", "running")
    pull.cancel()


def test_an_answer_that_another_page_follows_goes_on(hub: Hub, ollama: Ollama, verbs: dict[str, Any]) -> None:
    verbs["chat"] = started(endless, stays=False)
    first, second = Near(hub), Near(hub)
    request = first.ask("chat")
    first.until(lambda: first.text(request))
    (number,) = ollama.runs.working
    first.there.close()
    following = second.ask("follow", run=number)
    second.until(lambda: len(second.text(following)) > 80)  # longer than it would have been let go on

    run = ollama.runs.find(number)
    assert run is not None
    assert run.state == "running"
    run.cancel()


def test_leaving_hangs_up_and_nothing_follows(hub: Hub, verbs: dict[str, Any]) -> None:
    verbs["work"] = started(endless)
    front = Near(hub)
    request = front.ask("work")
    front.until(lambda: front.text(request))
    front.ask("leave")
    assert front.hung_up.wait(5)
    sent = front.sent
    front.ask("echo")
    threading.Event().wait(0.1)

    assert front.sent == sent
    for run in (hub.ollama().runs.find(number) for number in hub.ollama().runs.working):
        if run is not None:
            run.cancel()


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (StoreError("the disk is gone.", hint="Plug it in."), "StoreError", "the disk is gone."),
        (ZeroDivisionError("by zero"), "ZeroDivisionError", "ZeroDivisionError: by zero"),
        (KeyboardInterrupt(), "KeyboardInterrupt", "KeyboardInterrupt."),
        (SystemExit(3), "SystemExit", "SystemExit: 3"),
    ],
)
def test_whatever_a_verb_raises_is_told(hub: Hub, verbs: dict[str, Any], error: BaseException, kind: str, text: str) -> None:
    def fail(ask: Ask) -> Any:
        raise error

    def fail_late(cancel: CancelToken) -> Generator[Event, None, str]:
        yield Chunk("x")
        raise error

    def fail_at_the_end(_: Any) -> Any:
        raise error

    verbs.update(now=fail, late=started(fail_late), end=started(words, fail_at_the_end))
    front = Near(hub)

    for verb in ("now", "late", "end"):
        told = front.refusal(verb)
        assert (told["kind"], told["text"]) == (kind, text)
    assert front.answer("echo", what=1) == 1


def test_what_is_no_json_becomes_an_error_and_numbers_that_are_none_null(hub: Hub, verbs: dict[str, Any]) -> None:
    circle: list[Any] = []
    circle.append(circle)
    verbs.update(object=lambda ask: object(), circle=lambda ask: circle, nan=lambda ask: [math.nan, math.inf], half=lambda ask: "a\ud800b\udcff")
    front = Near(hub)

    assert front.refusal("object")["kind"] == "TypeError"
    assert front.refusal("circle")["kind"] in ("ValueError", "RecursionError")
    assert front.answer("nan") == [None, None]
    assert front.answer("half") == "a?b?"


def test_where_there_is_no_ollama_it_is_told_why() -> None:
    def broken() -> Ollama:
        raise StoreError("the folder cannot be read.")

    front = Near(Hub(broken))
    front.until(lambda: front.strays)

    assert (front.hellos[0]["store"], front.strays[0]["text"]) == ("", "the folder cannot be read.")
    assert front.refusal("echo")["kind"] == "StoreError"


def test_requests_that_nobody_can_answer_get_an_error_with_their_id(hub: Hub) -> None:
    front = Near(hub)

    assert "no verb 'fly'" in front.refusal("fly")["text"]
    assert "topics is missing" in front.refusal("watch")["text"]
    assert "no topic 'weather'" in front.refusal("watch", topics=["models", "weather"])["text"]
    assert "of (a request) or run is missing" in front.refusal("cancel")["text"]
    assert "open is a list" in front.refusal("resync", open=["1"])["text"]


def test_an_id_that_is_in_use_and_a_flood_are_refused(hub: Hub, verbs: dict[str, Any]) -> None:
    gate = threading.Event()
    verbs["wait"] = lambda ask: gate.wait(10)
    front = Near(hub)
    requests = [front.ask("wait") for _ in range(MAX_OPEN + 5)]
    front.there.receive({"id": 1, "verb": "echo"})
    front.until(lambda: front.strays and front.ended(requests[-1]))
    gate.set()
    front.until(lambda: all(map(front.ended, requests)))

    assert "request 1 is not answered yet" in front.strays[0]["text"]
    assert [request for request in requests if request in front.errors] == requests[MAX_OPEN:]
    assert front.answer("echo", what=1) == 1
