"""Whatever a page asks, with whatever arguments, is answered: a result, or an error in a sentence. Never silence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama, errors
from jupyter_ollama.notebook.comms.front_end import MAX_OPEN
from jupyter_ollama.notebook.comms.hub import Hub
from jupyter_ollama.notebook.comms.verbs import OWN
from jupyter_ollama.notebook.desk import VERBS

from ...weights import tiny_folder, tiny_folder_once, tiny_gguf, tiny_gguf_once  # noqa: F401 (fixtures)
from .conftest import Near, PanelKernel

WEIGHTS = {"name": "mario", "digest": "", "search": ""}
PAGE = {**WEIGHTS, "offset": 0, "limit": 10}
GOOD: dict[str, dict[str, Any]] = {
    "cancel": {"of": 1, "run": 1},
    "catalogue": {"language": "zh_CN"},
    "check": {"modelfile": "FROM mario", "folder": "."},
    "complete": {"modelfile": "FROM ", "line": 0, "column": 5, "folder": "."},
    "content": {"name": "mario", "digest": "sha256:" + "0" * 64},
    "copy": {"source": "mario", "destination": "mario"},
    "elements": {**PAGE, "key": "tokenizer.ggml.tokens"},
    "files": {"folder": "."},
    "follow": {"run": 99},
    "metadata": PAGE,
    "name": {"name": "mario"},
    "open": {"name": "mario"},
    "options": {},
    "quantizations": {},
    "recipe": {"source": "mario"},
    "removal": {"names": ["mario"]},
    "stop": {"name": "mario"},
    "suggestions": {},
    "tensors": PAGE,
    "watch": {"topics": ["models"]},
}
AT_WORK = {"chat", "create", "delete", "load", "pull", "push"}
"""Those that would change the store, load models or use the network; here they are asked with arguments that none of them takes."""
OF_ALL_KINDS: list[Any] = [
    None, True, -1, 0, 10**9, 1e9, -(10**30), 2**63, 1.5, 1e308, float("nan"), float("inf"), "", "x" * 100_000, "\ud800", "\0",
    "\u202eä😀", "../..", "/dev/zero", "/dev", [], [None], ["a"] * 3, [[]], [{}], {}, {"a": {}},
]  # fmt: skip
LONGEST = 5000
"""Characters of an error that names what it was given."""


@pytest.fixture
def near(tmp_path: Path, tiny_gguf: Path) -> Iterator[Near]:  # noqa: F811 (the fixture)
    """A front end of an Ollama with one model, in a folder with a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    with Ollama(tmp_path / "models") as ollama:
        ollama.create("mario", f"FROM {tiny_gguf}").result(60)
        hub = Hub(lambda: ollama)
        yield Near(hub)
        hub.close()


def is_a_sentence(error: dict[str, Any]) -> bool:
    return hasattr(errors, error["kind"]) and 0 < len(error["text"]) <= LONGEST and "Traceback" not in error["text"]


def test_every_verb_is_asked_here() -> None:
    assert {*GOOD, *AT_WORK} == {*VERBS, *OWN} - {"resync", "leave"}


def test_arguments_of_all_kinds_are_answered(near: Near, tmp_path: Path) -> None:
    values = [*OF_ALL_KINDS, str(tmp_path), str(tmp_path / "pipe")]
    asked = [(verb, {**args, name: value}) for verb, args in GOOD.items() for name in [*args, "unknown"] for value in values]
    asked += [(verb, {name: value}) for verb in sorted(AT_WORK) for name in ("name", "names", "model", "messages") for value in values if value != "a"]
    for start in range(0, len(asked), MAX_OPEN):
        numbers = {near.ask(verb, **args): (verb, args) for verb, args in asked[start : start + MAX_OPEN]}
        near.until(lambda numbers=numbers: all(near.ended(number) for number in numbers))
        for number, (verb, args) in numbers.items():
            error = near.errors.get(number)
            assert error is None or is_a_sentence(error), (verb, {name: repr(value)[:80] for name, value in args.items()}, error)


@pytest.mark.parametrize("message", [None, 3, "open", [], {}, {"id": 0}, {"id": True, "verb": "open"}, {"id": float("nan"), "verb": "open"}])
def test_messages_without_a_number_get_an_error_that_belongs_to_none(near: Near, message: Any) -> None:
    near.there.receive(message)
    near.until(lambda: near.strays)

    assert is_a_sentence(near.strays[0])


@pytest.mark.parametrize("verb", [None, 3, "", "no such verb", "x" * 100_000, ["open"], "__class__"])
def test_verbs_that_are_none_are_refused(near: Near, verb: Any) -> None:
    number = near.ask(verb)
    near.until(lambda: near.ended(number))

    assert is_a_sentence(near.errors[number])


@pytest.mark.parametrize(("offset", "limit", "first"), [(-1, 10**9, 0), (0, 1e9, 0), (1e300, 5, None), (-(10**30), -1, None)])
def test_pages_beyond_the_ends_are_cut_on_a_kernel(panel_kernel: PanelKernel, offset: float, limit: float, first: int | None) -> None:
    page = panel_kernel.page(panel_kernel.subshell())
    panel_kernel.until(lambda: page.hellos)
    found = page.answer("metadata", name="pocket", digest="", search="", offset=offset, limit=limit)

    assert found["offset"] >= 0
    assert len(found["rows"]) == (0 if first is None else found["total"])
