"""Whatever a page says is answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest
from jupyter_ollama.notebook.comms import requests
from jupyter_ollama.notebook.comms.hub import Hub

NAMES = st.sampled_from(["id", "verb", "args", "of", "run", "topics", "open"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
VERBS = st.sampled_from(["watch", "resync", "cancel", "follow", "fly", "open", "options"])
ASKED = st.fixed_dictionaries({"id": st.integers(-1, 9) | JSON, "verb": VERBS | JSON}, optional={"args": JSON})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Ollama(tmp_path_factory.mktemp("store") / "models") as ollama:
        hub = Hub(lambda: ollama)
        yield hub
        hub.close()


@settings(max_examples=60, deadline=None)
@given(messages=st.lists(JSON | ASKED, max_size=8))
def test_each_message_is_answered_whatever_it_says_and_the_connection_lives(shared: Hub, messages: list[Any]) -> None:
    items: list[dict[str, Any]] = []
    last = threading.Event()

    def arrive(batch: dict[str, Any]) -> None:
        items.extend(batch["items"])
        if any(item.get("id") == 1000 for item in batch["items"]):
            last.set()

    front_end = shared.connect(arrive)
    for message in [*messages, {"id": 1000, "verb": "cancel", "args": {"run": 1}}]:
        front_end.receive(message)

    assert last.wait(20)
    for _ in range(200):
        answers = [item for item in items if item["kind"] in ("result", "error")]
        if len(answers) > len(messages):
            break
        threading.Event().wait(0.01)
    assert len(answers) > len(messages)
    assert items[0]["kind"] == "hello"
    front_end.close()


@given(message=JSON | ASKED)
def test_a_message_is_read_or_refused(message: Any) -> None:
    try:
        request = requests.read(message)
    except BadRequest as error:
        assert error.id is None or error.id == message["id"]
    else:
        assert (request.id, request.verb) == (message["id"], message["verb"])
        assert isinstance(request.args, dict)
