"""Where snapshots lie and what they may take; what ``du`` says of them and ``prune`` does with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.snapshots import Head, SnapshotCache
from jupyter_ollama.models import FilesUse
from jupyter_ollama.settings import SNAPSHOT_BYTES, Settings
from jupyter_ollama.verbs.snapshots import rules_of


@pytest.fixture
def ollama(tmp_path: Path) -> Ollama:
    return Ollama(settings=Settings(tmp_path / "models", cache=tmp_path / "cache"))


def test_du_counts_snapshots_and_prune_removes_them_if_asked_to(ollama: Ollama, tmp_path: Path) -> None:
    assert ollama.du().snapshots == FilesUse()
    size = SnapshotCache(tmp_path / "cache" / "snapshots", 1 << 20).add(Head("f" * 64, "prefix", "mario", (1, 2)), bytearray(5000))
    assert ollama.du().snapshots == FilesUse(1, size)
    assert "snapshots: 5.2 KB, 1 file" in str(ollama.du())
    assert ollama.prune().files == 0
    pruned = ollama.prune(snapshots=True)
    assert (pruned.files, pruned.freed_bytes) == (1, size)
    assert ollama.du().snapshots == FilesUse()
    assert "snapshots:" not in str(ollama.du())


def test_the_environment_says_where_they_lie_and_what_they_may_take(tmp_path: Path) -> None:
    given = Settings.from_environment({"JUPYTER_OLLAMA_CACHE": str(tmp_path), "JUPYTER_OLLAMA_SNAPSHOT_BYTES": "1000"})
    assert (given.snapshots, given.snapshot_bytes) == (tmp_path / "snapshots", 1000)
    default = Settings.from_environment({"JUPYTER_OLLAMA_SNAPSHOT_BYTES": "much"})
    assert default.snapshots is not None
    assert default.snapshots.parts[-2:] == ("jupyter_ollama", "snapshots")
    assert default.snapshot_bytes == SNAPSHOT_BYTES


@pytest.mark.parametrize("environment", [{"JUPYTER_OLLAMA_CACHE": ""}, {"JUPYTER_OLLAMA_SNAPSHOT_BYTES": "0"}])
def test_the_environment_can_switch_them_off(environment: dict[str, str]) -> None:
    assert rules_of(Settings.from_environment(environment)) is None
    assert rules_of(Settings.from_environment({"HOME": "/x"})) is not None
