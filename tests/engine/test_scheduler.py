"""Engines: what is loaded, for how long, and for whom."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.record import Record
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import DEFAULT_MAX_LOADED, Setup
from jupyter_ollama.errors import Cancelled, EngineCrashed, EngineError, LoadError

from . import tiny
from .ending import ends_within, wait_until
from .talk import files, text

ALONE = {"num_thread": 1}


@pytest.fixture(params=["private", "shared"])
def engines(request: pytest.FixtureRequest, runtime: Path) -> Iterator[Engines]:
    """Runners of this process alone, and those that kernels share: what is said of them here holds for both."""
    engines = Engines(Setup(runtime=runtime if request.param == "shared" else None))
    yield engines
    engines.close()
    gc.collect()


@pytest.fixture(scope="module")
def model(models: Path) -> ModelFiles:
    return files(tiny.chain(models / "scheduled.gguf", "abc"))


def use(engines: Engines, model: ModelFiles, keep_alive: float | None = 300.0, **options: Any) -> int:
    """Ask for a model once; the pid of its runner."""
    with engines.acquire(model, {**ALONE, **options}, keep_alive=keep_alive, cancel=CancelToken()) as engine:
        assert text(engine, "a") == b"bc"
        return engine.info.pid


def test_a_model_is_loaded_once(engines: Engines, model: ModelFiles) -> None:
    assert use(engines, model) == use(engines, model)


def test_two_names_of_the_same_files_share_a_runner(engines: Engines, model: ModelFiles) -> None:
    other = ModelFiles("luigi", "sha256:luigi", model.path)
    assert use(engines, model) == use(engines, other)
    assert [one.name for one in engines.loaded()] == ["luigi"]


def test_sampling_options_do_not_reload(engines: Engines, model: ModelFiles) -> None:
    assert use(engines, model, temperature=0.1) == use(engines, model, temperature=0.9, seed=5, stop=["x"])


def test_load_options_do(engines: Engines, model: ModelFiles) -> None:
    first = use(engines, model)
    assert use(engines, model, num_ctx=64) != first
    assert ends_within(first, 2)
    assert len(engines.loaded()) == 1


@pytest.mark.parametrize("options", [{"num_batch": 32}, {"num_thread": 2}, {"use_mmap": False}, {"num_gpu": 0}])
def test_each_load_option_makes_another_runner(model: ModelFiles, options: dict[str, Any]) -> None:
    record = Record.of("x", model, ALONE, Setup(), extra_buffers=True, n_contexts=1, need_bytes=0, weights_bytes=0)
    assert record.serves(model, {**ALONE, "temperature": 0.1}, Setup())
    assert not record.serves(model, {**ALONE, **options}, Setup())


def test_who_leaves_an_option_open_is_content_with_any(engines: Engines, model: ModelFiles) -> None:
    first = use(engines, model, num_ctx=64, num_batch=32, num_gpu=0)
    assert use(engines, model) == use(engines, model, num_ctx=0) == use(engines, model, num_gpu=-1) == first


def test_a_context_that_is_longer_than_the_model_was_trained_for_is_not_loaded_again(engines: Engines, model: ModelFiles) -> None:
    """It is cut when it is loaded; the same wish is the same runner."""
    assert use(engines, model, num_ctx=100_000) == use(engines, model, num_ctx=100_000)


def test_a_runner_in_use_is_not_reloaded_under_its_user(engines: Engines, model: ModelFiles) -> None:
    with engines.acquire(model, ALONE, cancel=CancelToken()) as engine:
        first = engine.info.pid
        second = use(engines, model, num_ctx=64)
        assert second != first
        assert text(engine, "a") == b"bc"
    assert ends_within(first, 2)
    assert [one.pid for one in engines.loaded()] == [second]


def test_keep_alive_0_unloads_at_once(engines: Engines, model: ModelFiles) -> None:
    pid = use(engines, model, keep_alive=0)
    assert engines.loaded() == []
    assert ends_within(pid, 2)


def test_a_model_is_unloaded_when_its_time_is_over(engines: Engines, model: ModelFiles) -> None:
    pid = use(engines, model, keep_alive=0.3)
    assert len(engines.loaded()) == 1
    assert wait_until(lambda: not engines.loaded())
    assert ends_within(pid, 2)


def test_each_use_begins_the_time_anew(engines: Engines, model: ModelFiles) -> None:
    first = use(engines, model, keep_alive=0.2)
    assert use(engines, model, keep_alive=60) == first
    time.sleep(0.4)
    assert [one.pid for one in engines.loaded()] == [first]


def test_a_model_in_use_does_not_expire(engines: Engines, model: ModelFiles) -> None:
    use(engines, model, keep_alive=0.2)
    with engines.acquire(model, ALONE, cancel=CancelToken()) as engine:
        time.sleep(0.4)
        assert text(engine, "a") == b"bc"


def test_the_end_of_a_models_time_is_known(engines: Engines, model: ModelFiles) -> None:
    ends = {None: 300, 300.0: 300, 3600: 3600, -1: None, 1e12: None, float("inf"): None}
    for keep_alive, seconds in ends.items():
        use(engines, model, keep_alive=keep_alive)
        expires = engines.loaded()[0].expires_at
        if seconds is None:
            assert expires is None
        else:
            assert expires is not None
            assert abs(expires - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=5)


def test_what_is_loaded_is_told(engines: Engines, model: ModelFiles) -> None:
    pid = use(engines, model)
    (one,) = engines.loaded()
    assert (one.name, one.digest, one.pid, one.n_ctx, one.processor) == ("scheduled", "sha256:scheduled", pid, 512, "100% CPU")
    assert one.size_bytes > 0


@pytest.mark.parametrize("known_as", ["scheduled", "sha256:scheduled"])
def test_a_model_can_be_stopped(engines: Engines, model: ModelFiles, known_as: str) -> None:
    pid = use(engines, model)
    assert engines.stop(known_as)
    assert ends_within(pid, 2)
    assert engines.loaded() == []
    assert not engines.stop(known_as)


def test_a_stopped_model_finishes_what_it_is_at(engines: Engines, model: ModelFiles) -> None:
    with engines.acquire(model, ALONE, cancel=CancelToken()) as engine:
        assert engines.stop(model.name)
        assert text(engine, "a") == b"bc"
    assert engines.loaded() == []
    assert ends_within(engine.info.pid, 2)


def test_close_ends_everything_at_once_that_is_private(engines: Engines, model: ModelFiles) -> None:
    with engines.acquire(model, ALONE, keep_alive=0, cancel=CancelToken()) as engine:
        engines.close()
        assert ends_within(engine.info.pid, 2)
        with pytest.raises(EngineError, match="was stopped"):
            engine.tokenize("a")
    assert engines.loaded() == []


def test_a_runner_that_died_is_replaced(engines: Engines, model: ModelFiles) -> None:
    pid = use(engines, model)
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not engines.loaded())
    assert use(engines, model) != pid


def test_a_runner_killed_in_the_middle_of_an_answer_is_told_promptly(engines: Engines, models: Path, model: ModelFiles) -> None:
    path = tiny.random_llama(models / "killed.gguf", tiny.Shape(n_embd=512, n_layer=8, n_head=8, n_head_kv=8, n_ff=512, n_ctx=1024))
    with engines.acquire(files(path), ALONE, cancel=CancelToken()) as engine:
        generation = engine.generate([5], {"temperature": 0}, CancelToken())
        next(generation)
        os.kill(engine.info.pid, signal.SIGKILL)
        begun = time.monotonic()
        with pytest.raises(EngineCrashed) as caught:
            while True:
                next(generation)
        assert time.monotonic() - begun < 2
    assert caught.value.signal == "SIGKILL"
    assert "killed" in str(caught.value)  # the model's name
    assert use(engines, model)


def test_threads_that_ask_at_once_share_one_runner(engines: Engines, model: ModelFiles) -> None:
    pids: list[int] = []
    threads = [threading.Thread(target=lambda: pids.append(use(engines, model))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 4
    assert len(set(pids)) == 1


def test_only_so_many_idle_models_stay(engines: Engines, models: Path) -> None:
    """The one that would be unloaded first goes first."""
    many = [files(tiny.chain(models / f"many{number}.gguf", "abc")) for number in range(DEFAULT_MAX_LOADED + 1)]
    keep = [300.0, 100.0, 200.0, 300.0]
    for one, keep_alive in zip(many, keep, strict=True):
        use(engines, one, keep_alive=keep_alive)
    assert sorted(one.name for one in engines.loaded()) == ["many0", "many2", "many3"]


def test_a_load_can_be_cancelled(engines: Engines, model: ModelFiles) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled), engines.acquire(model, ALONE, cancel=cancel):
        pass
    assert engines.loaded() == []


def test_a_failed_load_leaves_nothing(engines: Engines, models: Path, model: ModelFiles) -> None:
    path = models / "text.gguf"
    path.write_text("not a model")
    for _ in range(2):
        with pytest.raises(LoadError), engines.acquire(files(path), ALONE, cancel=CancelToken()):
            pass
    assert engines.loaded() == []
    assert use(engines, model)


def test_engines_that_nobody_holds_end_their_private_runners(model: ModelFiles) -> None:
    engines = Engines()
    pid = use(engines, model)
    del engines
    gc.collect()
    assert ends_within(pid, 2)


def test_the_end_of_the_interpreter_ends_private_runners(model: ModelFiles) -> None:
    source = f"""
from pathlib import Path
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.cancelling import CancelToken
engines = Engines()
with engines.acquire(ModelFiles("m", "d", Path({str(model.path)!r})), {{}}, keep_alive=-1, cancel=CancelToken()) as engine:
    print(engine.info.pid)
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    assert ends_within(int(done.stdout), 2)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # newer Pythons warn of forks beside threads
def test_a_fork_connects_for_itself(engines: Engines, model: ModelFiles) -> None:
    """It must not talk into the pipes of the process it came from; a private runner is not its own."""
    pid = use(engines, model)
    fork = os.fork()
    if fork == 0:
        own = use(engines, model, keep_alive=300 if engines.shared else 0)
        engines.close()
        os._exit(0 if (own == pid) is engines.shared else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    assert use(engines, model) == pid


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # newer Pythons warn of forks beside threads
def test_a_fork_in_the_middle_of_a_use_leaves_it_to_the_process_it_came_from(engines: Engines, model: ModelFiles) -> None:
    with engines.acquire(model, ALONE, keep_alive=0, cancel=CancelToken()) as engine:
        if (fork := os.fork()) == 0:
            try:
                engine.tokenize("a")
            except EngineError as error:
                os._exit(0 if "forked" in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
        assert text(engine, "a") == b"bc"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # newer Pythons warn of forks beside threads
def test_a_fork_that_leaves_a_use_ends_nothing(engines: Engines, model: ModelFiles) -> None:
    fork = 0
    with engines.acquire(model, ALONE, keep_alive=0, cancel=CancelToken()) as engine:
        fork = os.fork()
        if fork:
            assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
            assert text(engine, "a") == b"bc"
    if not fork:
        engines.close()
        os._exit(0)
