"""A runner that stops answering is noticed and ended; who waits for it gets one clear error, and the next request works."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine import watch
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.errors import EngineCrashed

from . import tiny
from .ending import ends_within, wait_until
from .talk import files, text

ALONE = {"num_thread": 1}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PING_EVERY_S", 0.2)


@contextmanager
def impatient() -> Iterator[None]:
    """Meanwhile a second of silence is enough. To start a process may take longer on a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "SILENCE_S", 1.0)
        yield


@pytest.fixture(params=["private", "shared"])
def engines(request: pytest.FixtureRequest, runtime: Path) -> Iterator[Engines]:
    engines = Engines(Setup(runtime=runtime if request.param == "shared" else None, load_timeout_s=2.0))
    yield engines
    engines.close()


@pytest.fixture
def private() -> Iterator[Engines]:
    engines = Engines(Setup(load_timeout_s=2.0))
    yield engines
    engines.close()


@pytest.fixture(scope="module")
def model(models: Path) -> ModelFiles:
    return files(tiny.random_llama(models / "stuck.gguf", tiny.Shape(n_embd=256, n_layer=4, n_head=4, n_head_kv=4, n_ff=512, n_ctx=1024)))


def works(engines: Engines, model: ModelFiles) -> int:
    with engines.acquire(model, ALONE, cancel=CancelToken()) as engine:
        assert text(engine, "a", num_predict=2)
        return engine.info.pid


def test_each_request_that_waits_for_a_silent_runner_gets_one_error(engines: Engines, model: ModelFiles) -> None:
    told: list[EngineCrashed] = []

    def ask() -> None:
        with engines.acquire(model, ALONE, cancel=CancelToken()) as engine, pytest.raises(EngineCrashed) as caught:
            for _ in engine.generate([5], {"temperature": 0, "num_predict": 100_000}, CancelToken(), n_keep=0):
                begun.add(threading.get_ident())
        told.append(caught.value)

    begun: set[int] = set()
    pid = works(engines, model)
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: len(begun) == 3, 30)
    os.kill(pid, signal.SIGSTOP)
    with impatient():
        for thread in threads:
            thread.join(30)
    assert len(told) == 3
    assert {str(one).partition(" for ")[0] for one in told} == {"The engine of stuck does not answer any more: it has been silent"}
    assert ends_within(pid, 5)
    assert works(engines, model) != pid


def test_a_request_that_a_silent_runner_does_not_even_take_fails_as_well(engines: Engines, model: ModelFiles) -> None:
    """What fills the pipe is never read: sending must not wait for ever."""
    with engines.acquire(model, ALONE, cancel=CancelToken()) as engine:
        os.kill(engine.info.pid, signal.SIGSTOP)
        with impatient(), pytest.raises(EngineCrashed, match="does not answer"):
            engine.tokenize("a" * (8 << 20))
    assert works(engines, model)


def test_a_loop_that_does_not_come_round_is_noticed_though_its_process_answers(engines: Engines, tmp_path: Path) -> None:
    """A pipe in place of a model: native code waits for ever for what is written there."""
    endless = tmp_path / "endless.gguf"
    os.mkfifo(endless)
    with pytest.raises(EngineCrashed, match="it has been at one step for"):
        works(engines, files(endless))
    assert wait_until(lambda: not engines.loaded(loading=True))


def test_a_long_prompt_is_no_hang(private: Engines, models: Path) -> None:
    """It takes longer than a loop may stay away without working, but comes round between its pieces."""
    wide = files(tiny.random_llama(models / "wide.gguf", tiny.Shape(n_embd=256, n_layer=8, n_head=4, n_head_kv=4, n_ff=768, n_ctx=1024)))
    with private.acquire(wide, {**ALONE, "num_batch": 64}, cancel=CancelToken()) as engine:
        assert len(list(engine.generate([5, 6, 7, 8] * 200, {"temperature": 0, "num_predict": 2}, CancelToken()))) == 2


def test_a_runner_that_nobody_waits_for_is_not_watched(private: Engines, model: ModelFiles) -> None:
    """Its owner may have stopped it in a debugger."""
    pid = works(private, model)
    os.kill(pid, signal.SIGSTOP)
    with impatient():
        assert not ends_within(pid, 3)
    os.kill(pid, signal.SIGCONT)
    assert works(private, model) == pid


def test_a_silent_runner_can_be_stopped(engines: Engines, model: ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_ollama.engine.runner.ANSWERS_WITHIN_S", 0.5)
    pid = works(engines, model)
    os.kill(pid, signal.SIGSTOP)
    assert engines.stop("stuck")
    assert ends_within(pid, 5)
    assert wait_until(lambda: not engines.loaded())
