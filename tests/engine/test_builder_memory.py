"""A builder's child holds some blocks of weights, never the model: its memory does not grow with what it makes."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.builder import BuildJob, build

from ..benchmarks.bench_build import MEMORY, high_water, model
from .test_builder import builder_of

SMALL_MB, LARGE_MB = 25, 77
GROWTH = 24 << 20
TRIES = 3


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One layer, and three of the same."""
    return model(tmp_path_factory.mktemp("small"), SMALL_MB), model(tmp_path_factory.mktemp("large"), LARGE_MB)


def most_memory(folder: Path, kind: str, target: Path) -> int:
    """The most that the child ever had, asked at each of its messages. It may end, with more, before it is asked: hence several tries."""
    return max(seen_memory(folder, kind, target) for _ in range(TRIES))


def seen_memory(folder: Path, kind: str, target: Path) -> int:
    work, most = build(BuildJob(folder, "folder", target, kind, "direct"), CancelToken()), 0
    next(work)
    child = builder_of(psutil.Process())
    for _ in work:
        with contextlib.suppress(OSError):  # it may have ended behind its last message
            most = max(most, high_water(child.pid) or 0)
    return most


@pytest.mark.parametrize("kind", ["bf16", "f16", "q8_0"])
def test_memory_does_not_grow_with_the_model(kind: str, folders: tuple[Path, Path], tmp_path: Path) -> None:
    small, large = (most_memory(folder, kind, tmp_path / "target") for folder in folders)

    assert 0 < large < MEMORY
    assert large - small < GROWTH < (LARGE_MB - SMALL_MB) * 1_000_000
