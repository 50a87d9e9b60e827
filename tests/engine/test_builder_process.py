"""The life of a builder's child: it ends when it is cancelled, when nobody listens any more, and with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.builder import BuildJob, build
from jupyter_ollama.errors import Cancelled
from jupyter_ollama.run import Run

from . import ggufs
from .test_builder import builder_of


@pytest.fixture(scope="module")
def slow_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose quantization takes a second or more."""
    return ggufs.model(tmp_path_factory.mktemp("slow") / "source.gguf", ggufs.SLOW)


@pytest.fixture
def job(slow_source: Path, tmp_path: Path) -> BuildJob:
    return BuildJob(slow_source, "gguf", tmp_path / "target", "q2_K")


def until_working(work: Iterator[object]) -> psutil.Process:
    """Wait until weights are written; gives the child."""
    while not getattr(next(work), "completed", 0):
        pass
    return builder_of(psutil.Process())


def test_cancelling_ends_the_child_at_once(job: BuildJob) -> None:
    cancel = CancelToken()
    work = build(job, cancel)
    child = until_working(work)
    threading.Timer(0.05, cancel.cancel).start()
    started = time.monotonic()

    with pytest.raises(Cancelled):
        list(work)
    assert time.monotonic() - started < 0.05 + 0.2 + patience()
    assert not child.is_running()


def test_a_cancelled_token_starts_nothing(job: BuildJob) -> None:
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        next(build(job, cancel))
    assert not job.target.exists()


def test_closing_the_generator_ends_the_child(job: BuildJob) -> None:
    work = build(job, CancelToken())
    child = until_working(work)
    work.close()

    assert not child.is_running()


def test_a_run_can_be_cancelled_from_another_thread(job: BuildJob) -> None:
    run = Run.start(lambda cancel: build(job, cancel), verb="build")
    next(event for event in run if event.completed)
    child = builder_of(psutil.Process())
    run.cancel()

    with pytest.raises(Cancelled):
        run.result(timeout=5)
    assert not child.is_running()


_KERNEL = """
import sys
from pathlib import Path
from jupyter_ollama.engine.builder import BuildJob, build
from jupyter_ollama.cancelling import CancelToken
import psutil
work = build(BuildJob(Path(sys.argv[1]), "gguf", Path(sys.argv[2]), "q2_K"), CancelToken())
next(work)
print(psutil.Process().children()[0].pid, flush=True)
for _ in work: pass
"""


@pytest.fixture
def kernel(job: BuildJob) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """Another process that builds, in a process group of its own, and its child."""
    command = [sys.executable, "-c", _KERNEL, str(job.source), str(job.target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True) as parent:
        assert parent.stdout is not None
        yield parent, psutil.Process(int(parent.stdout.readline()))
        parent.kill()


def test_the_child_does_not_outlive_its_parent(kernel: tuple[subprocess.Popen[str], psutil.Process]) -> None:
    parent, child = kernel
    parent.send_signal(signal.SIGKILL)

    psutil.wait_procs([child], timeout=2 + patience())
    assert not child.is_running()


def test_an_interrupt_of_the_whole_process_group_does_not_reach_the_child(
    kernel: tuple[subprocess.Popen[str], psutil.Process],
) -> None:
    """Jupyter's interrupt goes to the group; only the kernel may decide what it means."""
    parent, child = kernel

    assert os.getpgid(child.pid) != os.getpgid(parent.pid)


def patience() -> float:
    """More time on a busy machine."""
    return os.getloadavg()[0] / (os.cpu_count() or 1) * 0.3
