"""Pages of a widget in the test's own process: who is answered, and who is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.notebook.comms.hub import Hub
from jupyter_ollama.notebook.widgets.pages import MAX_PAGES, Pages

PATIENCE_S = 60


class Sent:
    """What went to all pages."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def items(self, page: str | None, kind: str) -> list[dict[str, Any]]:
        """Items of one kind for a page."""
        mine = [one for one in list(self.messages) if one["page"] == page and "batch" in one]
        return [item for one in mine for item in one["batch"]["items"] if item["kind"] == kind]

    def until(self, holds: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE_S
        while not (found := holds()):
            assert time.monotonic() < end, self.messages
            time.sleep(0.005)
        return found


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Ollama(tmp_path / "models") as ollama:
        yield Hub(lambda: ollama)


@pytest.fixture
def pages(hub: Hub, sent: Sent) -> Iterator[Pages]:
    made = Pages(hub, sent.messages.append)
    yield made
    made.close()


def ask(page: str, number: int, verb: str, **args: Any) -> dict[str, Any]:
    return {"page": page, "request": {"id": number, "verb": verb, "args": args}}


def test_each_page_has_its_own_answers(pages: Pages, sent: Sent) -> None:
    pages.receive(ask("a", 1, "options"))
    pages.receive(ask("b", 1, "quantizations"))

    [options] = sent.until(lambda: sent.items("a", "result"))
    [quantizations] = sent.until(lambda: sent.items("b", "result"))
    assert "temperature" in [one["name"] for one in options["result"]]
    assert "q8_0" in [one["name"].lower() for one in quantizations["result"]]
    assert len(sent.items("a", "hello")) == len(sent.items("b", "hello")) == 1


def test_two_threads_may_ask_at_once(pages: Pages, sent: Sent) -> None:
    pages.receive(ask("a", 1, "watch", topics=["models"]))
    threads = [threading.Thread(target=lambda ids=ids: [pages.receive(ask("a", one, "options")) for one in ids]) for ids in (range(2, 42), range(42, 82))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent.until(lambda: len(sent.items("a", "result")) == 81)
    assert sorted(item["id"] for item in sent.items("a", "result")) == list(range(1, 82))
    assert [one["batch"]["seq"] for one in sent.messages] == list(range(1, len(sent.messages) + 1))


@pytest.mark.parametrize("message", [None, 7, "x", [], {}, {"page": 3}, {"page": ""}, {"page": "n" * 65, "request": {"id": 1}}, {"request": {"id": 1}}])
def test_what_is_no_message_of_a_page_is_refused_aloud(pages: Pages, sent: Sent, message: Any) -> None:
    pages.receive(message)

    [error] = sent.items(None, "error")
    assert "page" in error["error"]["text"]


@pytest.mark.parametrize("request_", [None, {"id": True}, {"id": 1, "verb": 3}, {"id": 1, "verb": "nosuch", "args": {}}, {"id": 1, "verb": "open", "args": []}])
def test_what_is_no_request_gets_an_error(pages: Pages, sent: Sent, request_: Any) -> None:
    pages.receive(ask("a", 1, "watch", topics=["models"]))
    sent.until(lambda: sent.items("a", "result"))

    pages.receive({"page": "a", "request": request_})

    assert sent.until(lambda: sent.items("a", "error"))


def test_a_page_that_goes_on_without_having_begun_is_told_so(pages: Pages, sent: Sent) -> None:
    pages.receive(ask("old", 5, "options"))

    assert sent.messages == [{"page": "old", "gone": True}]


def test_of_too_many_pages_the_most_silent_is_left(pages: Pages, sent: Sent) -> None:
    for number in range(MAX_PAGES):
        pages.receive(ask(f"p{number}", 1, "options"))
    pages.receive(ask("p0", 2, "options"))
    pages.receive(ask("new", 1, "options"))
    sent.until(lambda: sent.items("new", "result"))

    pages.receive(ask("p1", 2, "options"))
    assert {"page": "p1", "gone": True} in sent.messages
    pages.receive(ask("p0", 3, "options"))
    sent.until(lambda: len(sent.items("p0", "result")) == 3)


def test_a_page_that_left_can_begin_again_under_a_new_name_only(pages: Pages, sent: Sent) -> None:
    pages.receive(ask("a", 1, "options"))
    sent.until(lambda: sent.items("a", "result"))
    pages.receive(ask("a", 2, "leave"))

    sent.until(lambda: pages.receive(ask("a", 3, "options")) or {"page": "a", "gone": True} in sent.messages)


def test_pages_that_are_hung_up_on_are_told_and_can_begin_again(pages: Pages, hub: Hub, sent: Sent) -> None:
    pages.receive(ask("a", 1, "options"))
    sent.until(lambda: sent.items("a", "result"))

    hub.close()

    sent.until(lambda: {"page": "a", "gone": True} in sent.messages)
    pages.receive(ask("b", 1, "options"))
    sent.until(lambda: sent.items("b", "result"))
