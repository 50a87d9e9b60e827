"""How many threads a runner starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ollama.engine.worker.cores import usable_cores

NOWHERE = Path("/nonexistent")


@pytest.fixture
def cpus(tmp_path: Path) -> Path:
    """All CPUs of this machine, as hardware threads of one core."""
    for cpu in os.sched_getaffinity(0):
        folder = tmp_path / "cpus" / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text("0-7\n")
    return tmp_path / "cpus"


def test_hardware_threads_of_one_core_count_once(cpus: Path) -> None:
    assert usable_cores(cpus, NOWHERE) == 1


def test_without_topology_every_cpu_is_a_core() -> None:
    assert usable_cores(NOWHERE, NOWHERE) == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("text", "cores"), [("max 100000", None), ("50000 100000", 1), ("100000 100000", 1), ("broken", None)])
def test_a_container_gets_no_more_threads_than_cpu_time(tmp_path: Path, text: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(text + "\n")
    assert usable_cores(NOWHERE, tmp_path) == (cores or len(os.sched_getaffinity(0)))


def test_the_older_control_groups_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text("60000\n")
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000\n")
    assert usable_cores(NOWHERE, tmp_path) == 1
