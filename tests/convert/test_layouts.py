"""The same model in every layout that people have it in gives the same plan."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf import Plan
from jupyter_ollama.sources import pick_files

from ..weights import n_rows
from .folders import make_folder

NAME = "mixtral"  # three shards


def in_a_cache(folder: Path) -> Path:
    """As huggingface_hub keeps it: links in a snapshot, files named by their hash beside it."""
    cache = folder.parent / "hub" / "models--some--mixtral"
    snapshot = cache / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    for number, path in enumerate(sorted(folder.iterdir())):
        path.rename(cache / "blobs" / f"{number:064x}")
        (snapshot / path.name).symlink_to(Path("..", "..", "blobs", f"{number:064x}"))
    return snapshot


def by_a_shard(folder: Path) -> Path:
    return folder / "model-00002-of-00003.safetensors"


def without_the_index(folder: Path) -> Path:
    (folder / "model.safetensors.index.json").unlink()
    return folder


def with_another_copy_below(folder: Path) -> Path:
    """gpt-oss has one in another format, in a folder called original."""
    (folder / "original").mkdir()
    shutil.copy(by_a_shard(folder), folder / "original" / "model--00001-of-00001.safetensors")
    return folder


@pytest.mark.parametrize("layout", [in_a_cache, by_a_shard, without_the_index, with_another_copy_below])
def test_a_model_is_the_same_in_every_layout(layout: Callable[[Path], Path], tmp_path: Path) -> None:
    expected = _content(plan_folder(make_folder(tmp_path / "one", NAME)))

    plan = plan_folder(pick_files(layout(make_folder(tmp_path / "other", NAME))))

    assert _content(plan) == expected


def _content(plan: Plan) -> dict[str, bytes]:
    return {tensor.name: tensor.read(0, n_rows(tensor.shape)).tobytes() for tensor in plan.tensors}
