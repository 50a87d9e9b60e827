"""kill -9 at random moments of a pull: the next one goes on, and hardly a byte comes twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_ollama.manifest import MODEL, SYSTEM

from ..quick_disk import quick_disk
from .conftest import quick_ollama
from .killed import LIMITS
from .models import CONFIG, files, weights
from .scripted import Scripted

SIZE = 8_000_000
BYTES_PER_S = 2_000_000
"""Of one of up to four streams."""


def killed_pulls(kills: int, seed: int) -> float:
    """One pull that is killed so many times, then comes to its end. Gives the bytes sent, as a share of the model's."""
    chance = random.Random(seed)
    with quick_disk() as folder, Scripted().running() as scripted:
        data, system = weights(SIZE, seed), b"You are Mario." * 1000
        scripted.add("me/m", "latest", [(MODEL, data), (SYSTEM, system)], CONFIG)
        scripted.bytes_per_s = BYTES_PER_S
        for _ in range(kills):
            child = _pulling(folder, scripted)
            time.sleep(chance.uniform(0.0, 2.2 * SIZE / BYTES_PER_S / 4 / kills))
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()
        scripted.bytes_per_s = 0
        with quick_ollama(folder, LIMITS) as ollama:
            ollama.pull(f"{scripted.host}/me/m", insecure=True).result(60)
            assert {data, system, CONFIG} == set(files(ollama).values())
        assert [] == scripted.problems
        return scripted.sent / (len(data) + len(system) + len(CONFIG))


def _pulling(folder: Path, scripted: Scripted) -> subprocess.Popen[bytes]:
    """A process that has begun to pull."""
    command = [sys.executable, "-m", "tests.registry.killed", str(folder), f"{scripted.host}/me/m"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert child.stdout is not None
    assert child.stdout.readline() == b"go\n"
    return child


def test_a_pull_that_is_killed_again_and_again_goes_on() -> None:
    assert killed_pulls(10, seed=1) <= 1.1


def test_another_process_that_waits_takes_over_when_one_is_killed() -> None:
    with quick_disk() as folder, Scripted().running() as scripted:
        data = weights(SIZE)
        scripted.add("me/m", "latest", [(MODEL, data)], CONFIG)
        scripted.bytes_per_s = BYTES_PER_S
        first, second = (_pulling(folder, scripted) for _ in range(2))
        while scripted.sent < SIZE / 4:
            time.sleep(0.01)
        first.kill()
        first.wait()
        scripted.bytes_per_s = 0
        assert second.wait(60) == 0
        for child in (first, second):
            assert child.stdout is not None
            child.stdout.close()
        with quick_ollama(folder, LIMITS) as ollama:
            assert {data, CONFIG} == set(files(ollama).values())
        assert scripted.sent <= 1.1 * SIZE


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(50))
def test_a_kill_at_any_moment(seed: int) -> None:
    assert killed_pulls(1, seed) <= 1.1


@pytest.mark.soak
def test_fifty_kills_of_one_pull() -> None:
    assert killed_pulls(50, seed=2) <= 1.1
