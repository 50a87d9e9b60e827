"""Re-creating a model that is loaded: what has begun ends on the old one, the next request gets the new one."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Chunk, Done, Ollama, OllamaError, Progress, Run, pocket
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import ModelNotFound
from jupyter_ollama.verbs.generate import generate
from jupyter_ollama.verbs.resolve import while_it_means_the_same

from ..engine import tiny
from .conftest import Create

LONG = {"num_predict": 150, "temperature": 0, "seed": 1, "num_ctx": 512}


LETTERS = {"a": "abcdefgh", "b": "ABCDEFGH", "c": "12345678"}


def endless(path: Path, letters: str) -> Path:
    """A model that says these letters in a circle, whatever it is asked."""
    first, follows = ord(letters[0]), dict(zip(map(ord, letters), map(ord, letters[1:] + letters[0]), strict=True))
    return tiny.markov(path, {token: {follows.get(token, first): 20.0} for token in range(tiny.EOS)})


def said(letter: str, count: int) -> str:
    """What such a model says."""
    return (LETTERS[letter] * count)[:count]


@pytest.fixture
def weights(tmp_path: Path) -> dict[str, Path]:
    return {letter: endless(tmp_path / f"{letter}.gguf", letters) for letter, letters in LETTERS.items()}


def ask(ollama: Ollama, **options: Any) -> Run[Done]:
    return ollama.generate("mario", "", raw=True, options={**LONG, **options})


def begun(ollama: Ollama, run: Run[Done]) -> int:
    """Wait for the first text of an answer, then hold its engine in the middle; gives the process, which SIGCONT lets go on."""
    assert any(isinstance(event, Chunk) for event in run)
    [loaded] = ollama.engines.loaded()
    os.kill(loaded.pid, signal.SIGSTOP)
    return loaded.pid


def test_a_stream_ends_on_the_old_model_and_the_next_answer_is_the_new_ones(ollama: Ollama, create: Create, weights: dict[str, Path]) -> None:
    old = create("mario", f"FROM {weights['a']}")
    run = ask(ollama, num_predict=400)
    pid = begun(ollama, run)
    new = create("mario", f"FROM {weights['b']}")
    assert not old.path.exists()
    other = ask(ollama).result(60)
    assert pid in {one.pid for one in ollama.engines.loaded()}
    os.kill(pid, signal.SIGCONT)
    done = run.result(60)

    assert (said("a", 400), old.digest) == (done.message.content, done.digest)
    assert (said("b", 150), new.digest) == (other.message.content, other.digest)
    assert [new.digest] == [one.digest for one in ollama.ps()], "the old engine ends with its last stream"


def test_pocket_ends_its_answer_when_its_name_gets_another_meaning(ollama: Ollama, create: Create, weights: dict[str, Path]) -> None:
    """The real model, with a prompt through its template: the text is the one it would have said undisturbed."""
    create("mario", f"FROM {pocket.folder()}")
    options = {"num_predict": 120, "temperature": 1.3, "seed": 5}
    undisturbed = ollama.chat("mario", "Tell me something long.", options=options).result(60)
    run = ollama.chat("mario", "Tell me something long.", options=options)
    pid = begun(ollama, run)
    create("mario", f"FROM {weights['b']}")
    os.kill(pid, signal.SIGCONT)

    assert undisturbed.message.content == run.result(60).message.content
    assert said("b", 150) == ollama.chat("mario", "hi", options=LONG).result(60).message.content


def test_only_texts_that_change_need_no_other_engine(ollama: Ollama, create: Create, weights: dict[str, Path]) -> None:
    create("mario", f"FROM {weights['a']}")
    ask(ollama).result(60)
    [before] = ollama.engines.loaded()
    create("mario", f"FROM {weights['a']}\nSYSTEM s")
    ask(ollama).result(60)

    assert [before.pid] == [one.pid for one in ollama.engines.loaded()]


def test_a_request_whose_model_is_replaced_before_it_is_loaded_gets_the_new_one(ollama: Ollama, create: Create, weights: dict[str, Path]) -> None:
    create("mario", f"FROM {weights['a']}")
    times, cancel = iter("bc"), CancelToken()
    work = while_it_means_the_same(
        ollama.store, "mario",
        lambda: generate(ollama.store, ollama.engines, ollama.settings, "mario", "", raw=True, options=dict(LONG), cancel=cancel),
    )  # fmt: skip
    loading = 0
    try:
        while True:
            event = next(work)
            if isinstance(event, Progress) and event.kind == "loading":
                loading += 1
                if letter := next(times, ""):  # the model is open, its engine is not
                    create("mario", f"FROM {weights[letter]}")
    except StopIteration as end:
        done = end.value

    assert (3, said("c", 150)) == (loading, done.message.content)


def test_a_model_that_cannot_be_loaded_is_tried_once(ollama: Ollama, create: Create, weights: dict[str, Path]) -> None:
    blob = create("mario", f"FROM {weights['a']}").path
    content = blob.read_bytes()
    blob.unlink()
    blob.write_bytes(content[:-4096])
    run = ask(ollama)
    with pytest.raises(OllamaError):
        run.result(60)

    assert 0 == len(ollama.ps())


def test_a_model_deleted_before_it_is_loaded_is_not_found(ollama: Ollama, create: Create, weights: dict[str, Path]) -> None:
    create("mario", f"FROM {weights['a']}")
    work = while_it_means_the_same(
        ollama.store, "mario",
        lambda: generate(ollama.store, ollama.engines, ollama.settings, "mario", "", raw=True, options=dict(LONG), cancel=CancelToken()),
    )  # fmt: skip
    with pytest.raises(ModelNotFound):
        for event in work:
            if isinstance(event, Progress) and event.kind == "loading":
                ollama.delete("mario")
