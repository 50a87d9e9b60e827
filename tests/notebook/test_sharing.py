"""Kernels of one user share what they have loaded; what becomes of one of them is nothing to the others."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup

from ..engine.ending import wait_until
from .conftest import Kernel

FIRST = "%%chat pocket -o num_predict=2 -o num_ctx=2048\nHi"
PIDS = "from jupyter_ollama.notebook import session\nprint(*[one.pid for one in session.get().engines.loaded()], os.getpid())"
STREAM = """
import threading
ollama, answers, begun = session.get(), [], threading.Event()

def stream():
    for seed in range(12):
        options = {"num_predict": 60, "num_ctx": 2048, "seed": seed}
        for event in (run := ollama.generate("pocket", "Once upon a time", raw=True, options=options)):
            begun.set()
        answers.append(run.result().done_reason)

thread = threading.Thread(target=stream, daemon=True)
thread.start()
print(begun.wait(60))
"""
REST = "thread.join(100)\nprint(len(answers), set(answers) <= {'stop', 'length'})"


@pytest.fixture
def kernels(pocket_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Kernel]]:
    """Starts kernels that share by way of one folder. Afterwards nothing they loaded runs any more."""
    runtime, made = tmp_path / "runtime", []
    monkeypatch.setenv("JUPYTER_OLLAMA_RUNTIME_DIR", str(runtime))

    def start() -> Kernel:
        made.append(Kernel(pocket_store))
        assert made[-1].run("import os\n%load_ext jupyter_ollama").status == "ok"
        return made[-1]

    yield start
    for kernel in made:
        kernel.close()
    visitor = Engines(Setup(runtime=runtime))
    for one in visitor.loaded(loading=True):
        visitor.stop(one.name)
    assert wait_until(lambda: not visitor.loaded(loading=True), 10)
    visitor.close()
    assert [path.name for path in runtime.iterdir()] == ["lock"]


def pids(kernel: Kernel) -> tuple[list[int], int]:
    """The runners that a kernel sees, and its own process."""
    *runners, own = kernel.run(PIDS).text.split()
    return [int(pid) for pid in runners], int(own)


def test_a_killed_kernel_leaves_the_others_streaming_and_a_restarted_one_finds_the_model_warm(kernels: Callable[[], Kernel]) -> None:
    one, two = kernels(), kernels()
    assert one.run(FIRST).status == two.run(FIRST).status == "ok"
    (runners, first), (seen, _) = pids(one), pids(two)
    assert len(runners) == 1
    assert seen == runners

    assert two.run(STREAM).text == one.run(STREAM).text == "True\n"
    os.kill(first, signal.SIGKILL)
    assert two.run(REST).text == "12 True\n"

    again = kernels()
    assert pids(again)[0] == runners
    assert "pocket" in again.run("%ollama ps").data["text/plain"]
    assert again.run(FIRST).status == "ok"
    assert pids(again)[0] == runners


def test_stop_in_one_notebook_unloads_what_another_has_loaded(kernels: Callable[[], Kernel]) -> None:
    one, two = kernels(), kernels()
    one.run(FIRST)
    ((runner,), _) = pids(one)
    assert two.run("%ollama stop pocket").status == "ok"
    assert pids(two)[0] == []
    assert not psutil.pid_exists(runner) or psutil.Process(runner).status() == psutil.STATUS_ZOMBIE
    assert one.run(FIRST).status == "ok"
    assert pids(one)[0] != [runner]


def test_restarting_a_kernel_keeps_what_it_had_loaded(kernels: Callable[[], Kernel]) -> None:
    one = kernels()
    one.run(FIRST)
    (runners, _) = pids(one)
    one._manager.restart_kernel(now=True)
    one._client.wait_for_ready(timeout=120)
    one.run("import os\n%load_ext jupyter_ollama")
    assert pids(one)[0] == runners
