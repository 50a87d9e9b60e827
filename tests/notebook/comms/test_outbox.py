"""What is sent: in order, numbered, in batches of a moderate size, and never more than what has become of it."""

from __future__ import annotations

import json
import threading
import tracemalloc
from collections.abc import Generator
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.events import Chunk, Event
from jupyter_ollama.joining import joined
from jupyter_ollama.notebook.comms.feed.pushes import MODELS_AT_ONCE, Pushes
from jupyter_ollama.notebook.comms.outbox import Outbox
from jupyter_ollama.notebook.comms.packing import MAX_BATCH_BYTES
from jupyter_ollama.notebook.comms.stream import MAX_TEXT, Stream
from jupyter_ollama.run import Run


class Way:
    """To a front end; it can be slow: nothing passes while it is shut."""

    def __init__(self, *, shut: bool = False, echoes_s: tuple[float, ...] = ()) -> None:
        self.batches: list[dict[str, Any]] = []
        self.passing = threading.Event()
        if not shut:
            self.passing.set()
        self.outbox = Outbox(self._send, echoes_s)

    def _send(self, batch: dict[str, Any]) -> None:
        self.passing.wait(30)
        self.batches.append(batch)

    @property
    def items(self) -> list[Any]:
        return [item for batch in self.batches for item in batch["items"]]

    def until(self, count: int) -> list[Any]:
        """Wait until so many items have passed."""
        for _ in range(3000):
            if len(self.items) >= count:
                return self.items
            threading.Event().wait(0.01)
        raise AssertionError(f"only {len(self.items)} items came")

    def until_ended(self) -> list[Any]:
        for _ in range(3000):
            if self.items and self.items[-1]["kind"] in ("result", "error"):
                return self.items
            threading.Event().wait(0.01)
        raise AssertionError("it did not end")


def note(number: int, text: str = "") -> dict[str, Any]:
    return {"kind": "result", "id": number, "result": text}


def test_nothing_is_sent_before_the_first_item() -> None:
    way = Way()
    way.outbox.put(note(1))
    threading.Event().wait(0.1)
    assert way.batches == []
    way.outbox.begin({"kind": "hello"})

    assert way.until(2) == [{"kind": "hello"}, note(1)]


def test_what_comes_together_goes_together_in_order_and_numbered() -> None:
    way = Way()
    way.outbox.begin()
    for number in range(1, 5001):
        way.outbox.put(note(number))

    assert [item["id"] for item in way.until(5000)] == list(range(1, 5001))
    assert [batch["seq"] for batch in way.batches] == list(range(1, len(way.batches) + 1))
    assert len(way.batches) < 50


def test_after_a_silence_empty_batches_follow_so_that_the_loss_of_the_last_one_shows() -> None:
    way = Way(echoes_s=(0.05, 0.1))
    way.outbox.begin(note(1))
    way.until(1)
    threading.Event().wait(0.5)
    way.outbox.put(note(2))
    way.until(2)
    threading.Event().wait(0.5)

    assert [len(batch["items"]) for batch in way.batches] == [1, 0, 0, 1, 0, 0]
    assert [batch["seq"] for batch in way.batches] == [1, 2, 3, 4, 5, 6]


def test_what_is_too_large_for_one_batch_is_divided() -> None:
    way = Way()
    way.outbox.put(*(note(number, "x" * 100_000) for number in range(1, 8)), note(8, "y" * (3 * MAX_BATCH_BYTES)), note(9))
    way.outbox.begin()
    way.until(9)
    sizes = [len(json.dumps(batch["items"])) for batch in way.batches]

    assert [len(batch["items"]) for batch in way.batches] == [2, 2, 2, 1, 1, 1]
    assert sorted(sizes)[-2] <= MAX_BATCH_BYTES + 100


def test_a_long_answer_to_a_slow_front_end_waits_as_one_text() -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, str]:
        for number in range(20_000):
            yield Chunk(f"{number} ")
        return ""

    way = Way(shut=True)
    way.outbox.begin({"kind": "hello"})
    run = Run.start(work)
    Stream(1, run, str, way.outbox, lambda _: None, own=True, stays=False)
    run.result(30)
    way.passing.set()
    events = [item["event"] for item in way.until_ended() if item["kind"] == "event"]

    assert "".join(event["content"] for event in events) == "".join(f"{number} " for number in range(20_000))
    assert max(len(event["content"]) for event in events) <= MAX_TEXT
    assert len(events) < 10


def test_an_hour_of_tokens_takes_no_more_memory_than_its_text() -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, str]:
        for _ in range(50_000):
            yield Chunk("word ")
        return ""

    tracemalloc.start()
    try:
        way = Way(shut=True)
        way.outbox.begin({"kind": "hello"})
        run = Run.start(work)
        stream = Stream(1, run, str, way.outbox, lambda _: None, own=True, stays=False)
        run.result(60)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    stream.forget()
    way.passing.set()

    assert held < 4 * 50_000 * len("word ")


def test_pushes_that_wait_are_the_last_state() -> None:
    way = Way()
    pushes = Pushes(way.outbox)
    model = {"name": "a", "size": 1}
    pushes.put({"topic": "models", "whole": True, "changed": [model, {"name": "b"}], "removed": [], "more": False})
    pushes.put({"topic": "models", "whole": False, "changed": [{"name": "a", "size": 2}], "removed": ["b"], "more": False})
    for number in range(100):
        pushes.put({"topic": "runs", "runs": [number]})
    way.outbox.begin()

    assert [item["push"] for item in way.until(2)] == [
        {"topic": "models", "whole": True, "changed": [{"name": "a", "size": 2}], "removed": [], "more": False},
        {"topic": "runs", "runs": [99]},
    ]


def test_differences_that_wait_are_one_difference() -> None:
    way = Way()
    pushes = Pushes(way.outbox)
    for changed, removed in (([{"name": "a"}, {"name": "b"}], ["c"]), ([{"name": "c"}], ["a"]), ([], ["d"])):
        pushes.put({"topic": "models", "whole": False, "changed": changed, "removed": removed, "more": False})
    way.outbox.begin()

    assert way.until(1)[0]["push"] == {"topic": "models", "whole": False, "changed": [{"name": "b"}, {"name": "c"}], "removed": ["a", "d"], "more": False}


def test_a_long_list_comes_in_parts_of_which_the_first_is_the_whole() -> None:
    way = Way()
    models = [{"name": f"m{number}"} for number in range(2 * MODELS_AT_ONCE + 1)]
    Pushes(way.outbox).put({"topic": "models", "whole": True, "changed": models, "removed": [], "more": False})
    way.outbox.begin()
    pushes = [item["push"] for item in way.until(3)]

    assert [(push["whole"], len(push["changed"]), push["more"]) for push in pushes] == [
        (True, MODELS_AT_ONCE, True), (False, MODELS_AT_ONCE, True), (False, 1, False),
    ]  # fmt: skip
    assert [model for push in pushes for model in push["changed"]] == models


def test_what_follows_a_beginning_that_waits_is_joined_to_it() -> None:
    way = Way()
    pushes = Pushes(way.outbox)
    pushes.put({"topic": "models", "whole": True, "changed": [{"name": "a"}], "removed": [], "more": True})
    pushes.put({"topic": "models", "whole": False, "changed": [{"name": "b"}], "removed": [], "more": False})
    way.outbox.begin()

    assert way.until(1)[0]["push"] == {"topic": "models", "whole": True, "changed": [{"name": "a"}, {"name": "b"}], "removed": [], "more": False}


def test_hanging_up_is_the_last_thing_the_thread_does() -> None:
    way = Way(shut=True)
    way.outbox.begin(note(1))
    done: list[str] = []
    hung_up = threading.Event()
    way.outbox.close(lambda: (done.append(threading.current_thread().name), hung_up.set()))  # type: ignore[func-returns-value]
    way.passing.set()

    assert hung_up.wait(10)
    assert done == ["ollama-outbox"]


def test_events_joined_say_the_same() -> None:
    events: list[Event] = [Chunk("a"), Chunk("b", "t"), Chunk(""), Chunk("c")]

    assert joined(events) == [Chunk("abc", "t")]
    assert joined([]) == []
