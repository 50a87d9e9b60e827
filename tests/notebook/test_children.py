"""Models run in child processes of the kernel, and end with it."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from .conftest import PATIENCE_S, Kernel


@pytest.fixture
def children(kernel: Kernel) -> list[int]:
    """Process ids of the model that has just answered."""
    assert "ok" == kernel.run("%%chat pocket -o num_predict=1\nHi").status
    return running(kernel)


def running(kernel: Kernel) -> list[int]:
    return [
        int(number) for number in kernel.run("import psutil\nprint(*[child.pid for child in psutil.Process().children()])").text.split()
    ]


def gone(numbers: list[int]) -> bool:
    until = time.monotonic() + PATIENCE_S
    while any(_is_there(number) for number in numbers):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _is_there(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_unloading_the_extension_ends_them_and_loading_starts_anew(kernel: Kernel, children: list[int]) -> None:
    assert children

    kernel.run("%unload_ext jupyter_ollama")

    assert gone(children)
    kernel.run("%load_ext jupyter_ollama")
    assert "ok" == kernel.run("%%chat pocket -o num_predict=1\nHi").status


def test_they_end_with_the_kernel(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    try:
        kernel.run("%load_ext jupyter_ollama")
        assert "ok" == kernel.run("%%chat pocket -o num_predict=1\nHi").status
        children = running(kernel)
        assert children
    finally:
        kernel.close()

    assert gone(children)
