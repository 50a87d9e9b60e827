"""What front ends ask, asked directly: a handler with an Ollama on a store of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.notebook.desk import VERBS, Ask, Started

from ...weights import tiny_folder, tiny_folder_once, tiny_gguf, tiny_gguf_once  # noqa: F401 (fixtures)

Say = Callable[..., Any]


def said_by(ollama: Ollama) -> Say:
    """``say("open", name="mario")``: what the front end is answered in the end, after it went through JSON as a message does."""

    def say(verb: str, **args: Any) -> Any:
        answer = VERBS[verb](Ask(ollama, verb, json.loads(json.dumps(args))))
        if isinstance(answer, Started):
            answer = answer.finish(answer.run.result(120))
        text = json.dumps(answer, allow_nan=False, ensure_ascii=False).encode("utf-8").decode("utf-8")
        return json.loads(text)

    return say


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    with Ollama(tmp_path / "models") as ollama:
        yield ollama


@pytest.fixture
def say(ollama: Ollama) -> Say:
    return said_by(ollama)


@pytest.fixture(scope="session")
def pocket_ollama(pocket_store: Path) -> Iterator[Ollama]:
    """One with mario, which is made of pocket. Tests must not change its store."""
    with Ollama(pocket_store) as ollama:
        yield ollama


@pytest.fixture
def say_to_pocket(pocket_ollama: Ollama) -> Say:
    return said_by(pocket_ollama)
