"""Memory that is left, as the system tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.engine.memory import available_bytes

NOWHERE = Path("/nonexistent")


@pytest.fixture
def meminfo(tmp_path: Path) -> Path:
    path = tmp_path / "meminfo"
    path.write_text("MemTotal:       16000000 kB\nMemFree:          500000 kB\nMemAvailable:    8000000 kB\n")
    return path


def test_what_can_be_had_without_swapping_counts(meminfo: Path) -> None:
    assert available_bytes(meminfo, NOWHERE) == 8_000_000 * 1024


@pytest.mark.parametrize(("limit", "left"), [("max", 8_000_000 * 1024), ("3000000000", 2_000_000_000), ("500000000", 0)])
def test_a_container_has_what_it_was_given(meminfo: Path, tmp_path: Path, limit: str, left: int) -> None:
    (tmp_path / "memory.max").write_text(limit + "\n")
    (tmp_path / "memory.current").write_text("1000000000\n")
    assert available_bytes(meminfo, tmp_path) == left


def test_a_system_that_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    assert available_bytes(NOWHERE, NOWHERE) is None
    (tmp_path / "meminfo").write_text("MemTotal: 1 kB\n")
    assert available_bytes(tmp_path / "meminfo", NOWHERE) is None
