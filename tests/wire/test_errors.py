"""Errors as HTTP tells them."""

from __future__ import annotations

from jupyter_ollama.errors import EngineBusy, EngineCrashed, LoadError
from jupyter_ollama.wire.errors import body, status_of


def test_a_full_queue_is_503_in_ollamas_words() -> None:
    words = "server busy, please try again.  maximum pending requests exceeded"
    error = EngineBusy("Too many requests wait for mario.", hint="Try again.", text=words)

    assert 503 == status_of(error)
    assert words == body(error)["error"]


def test_a_model_that_does_not_run_is_500() -> None:
    assert [500, 500] == [status_of(LoadError("no.")), status_of(EngineCrashed("no."))]
