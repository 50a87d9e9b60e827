"""Several kernels share one store: what they do at once, and what is left when they are killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import ModelNotFound

from ..quick_disk import quick_disk

PROGRAM = Path(__file__).with_name("kernels.py")


@pytest.fixture
def sources(tiny_gguf: Path) -> Iterator[list[Path]]:
    """A file that is linked into the store, and one that is copied since others could write to it."""
    with quick_disk() as folder:
        linked, copied = folder / "linked.gguf", folder / "copied.gguf"
        linked.write_bytes(tiny_gguf.read_bytes())
        copied.write_bytes(tiny_gguf.read_bytes()[:-1] + b"\x01")
        copied.chmod(0o666)
        yield [linked, copied]


def run(mode: str, seconds: float, count: int, sources: list[Path]) -> dict[str, int]:
    """What the program tells when all went well, with a store beside the sources. The seed is in the message when it did not."""
    store, seed = sources[0].parent / "models", random.randrange(1 << 30)
    quiet = ["-W", "ignore:This process:DeprecationWarning"]  # newer Pythons warn of forks beside threads; numpy's have nothing to do
    command = [sys.executable, *quiet, str(PROGRAM), mode, str(store), str(seconds), str(count), str(seed), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"{' '.join(command)}\n{done.stderr}"
    told: dict[str, int] = json.loads(done.stdout)
    return told


def test_kernels_killed_at_random_moments_of_create_leave_a_store_that_is_whole(sources: list[Path]) -> None:
    """Afterwards it lists, every blob has its digest, no model is lost, the same creates complete, and nothing is left behind."""
    told = run("killed", 0.3, 20, sources)

    assert 20 == told["rounds"]
    assert told["models found"] > 0
    assert told["leases of the dead"] > 0, "some were in the middle of it"


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_kernels_killed_at_many_random_moments_of_create_leave_a_store_that_is_whole(sources: list[Path]) -> None:
    assert 200 == run("killed", 0.5, 200, sources)["rounds"]


def test_kernels_that_work_at_once_lose_nothing(sources: list[Path]) -> None:
    """Eight create, derive, copy, delete, prune, list and show; the only error they meet is that a name is gone."""
    assert run("busy", 5, 8, sources)["operations"] > 8


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_kernels_that_work_at_once_for_a_minute_lose_nothing(sources: list[Path]) -> None:
    assert run("busy", 60, 8, sources)["operations"] > 1000


def test_threads_of_one_kernel_lose_nothing(ollama: Ollama, sources: list[Path]) -> None:
    """Creates that run at once, some under one name, while their parents are deleted and the store is pruned."""
    ollama.create("parent", f"FROM {sources[0]}\nSYSTEM p").result(60)
    runs = [ollama.create(f"child{number % 4}", f"FROM parent\nSYSTEM {number}") for number in range(8)]
    runs += [ollama.create(f"copied{number}", f"FROM {sources[1]}\nSYSTEM {number}") for number in range(3)]
    ollama.delete("parent")
    ollama.store.prune(grace_s=0)
    made, gone = set(), 0
    for run in runs:
        try:
            made.add(run.result(60).name)
        except ModelNotFound:  # its parent was deleted before it began
            gone += 1

    assert made == {model.name for model in ollama.list()}
    assert len(runs) >= len(made) + gone
    assert {"copied0:latest", "copied1:latest", "copied2:latest"} <= made
    assert ollama.verify().result(60).ok
