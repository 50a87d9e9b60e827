"""Models that a front end brings from a registry, and what it suggests."""

from __future__ import annotations

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest, InvalidName, ModelNotFound, OllamaError
from jupyter_ollama.notebook.desk import VERBS, Ask, Started

from .conftest import Say


def test_suggestions_have_sizes_and_say_whether_they_fit(say: Say) -> None:
    told = {one["name"]: one for one in say("suggestions")}

    assert {"llama3.2", "qwen3:0.6b", "gemma3", "phi4-mini", "mistral", "deepseek-r1:1.5b", "nomic-embed-text", "all-minilm"} <= set(told)
    for one in told.values():
        assert one["fits"] in ("yes", "tight", "no", "unknown")
        assert 0 < one["size"] < one["memory"]
        assert one["text"]
        assert one["here"] is False


def test_pulling_and_pushing_are_work_that_stays(ollama: Ollama) -> None:
    for verb in ("pull", "push"):
        started = VERBS[verb](Ask(ollama, verb, {"name": "127.0.0.1:9/library/nobody", "insecure": True}))

        assert isinstance(started, Started)
        assert started.stays
        with pytest.raises(OllamaError):
            started.run.result(60)


def test_names_that_cannot_be_are_refused(say: Say) -> None:
    with pytest.raises(InvalidName):
        say("pull", name="../../x y")
    with pytest.raises(ModelNotFound):
        say("push", name="nobody")
    for args in ({}, {"name": 7}, {"name": "x", "insecure": "yes"}):
        with pytest.raises(BadRequest):
            say("pull", **args)
