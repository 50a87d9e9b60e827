"""Loading a model before it is asked anything, and unloading it."""

from __future__ import annotations

import pytest

from jupyter_ollama import Done, Ollama
from jupyter_ollama.errors import NotSupported

from .conftest import Create


def asked(ollama: Ollama, verb: str, **arguments: object) -> Done:
    run = ollama.chat("mario", [], **arguments) if verb == "chat" else ollama.generate("mario", "", **arguments)  # type: ignore[arg-type]
    return run.result(60)


@pytest.mark.parametrize("verb", ["chat", "generate"])
def test_nothing_asked_loads_the_model(ollama: Ollama, create: Create, verb: str) -> None:
    create("mario", "SYSTEM hi\nMESSAGE user hello")
    done = asked(ollama, verb)

    assert ("load", "", "") == (done.done_reason, done.message.content, done.prompt)
    assert done.statistics.load_duration > 0
    assert ["mario:latest"] == [one.name for one in ollama.ps()]


@pytest.mark.parametrize("verb", ["chat", "generate"])
def test_nothing_asked_and_kept_for_no_time_unloads_it(ollama: Ollama, create: Create, verb: str) -> None:
    """Also when it is not loaded: then nothing is."""
    create("mario")
    assert "unload" == asked(ollama, verb, keep_alive=0).done_reason
    assert not ollama.ps()
    asked(ollama, verb)
    assert ollama.ps()
    assert "unload" == asked(ollama, verb, keep_alive=0).done_reason
    assert not ollama.ps()


def test_what_a_model_cannot_do_is_told_before_it_is_loaded(ollama: Ollama, create: Create) -> None:
    create("mario", "TEMPLATE {{ .Prompt }}")
    with pytest.raises(NotSupported, match="tools"):
        asked(ollama, "chat", tools={"name": "f"})
    assert not ollama.ps()


def test_a_raw_prompt_may_be_empty(ollama: Ollama, create: Create) -> None:
    create("mario")
    done = ollama.generate("mario", "", raw=True, options={"num_predict": 2, "seed": 1}).result(60)

    assert 0 < done.statistics.eval_count <= 2
