"""Fixtures with weights: a tiny Hugging Face folder and a tiny GGUF of the same model."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf import Plan, header_bytes, padded
from jupyter_ollama.gguf.values import u32

from .convert.folders import make_folder

FILE_TYPES = {"F32": 0, "F16": 1, "BF16": 32}


@pytest.fixture(scope="session")
def tiny_folder_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One tiny Llama folder for the whole run. Read only."""
    return make_folder(tmp_path_factory.mktemp("folders"))


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """A tiny Llama folder that a test may change: 1.3 million parameters in BF16, Qwen2's splits, ChatML."""
    return make_folder(tmp_path / "folders")


@pytest.fixture(scope="session")
def tiny_gguf_once(tiny_folder_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as a GGUF (BF16), for the whole run. Read only."""
    return write_gguf(plan_folder(tiny_folder_once), tmp_path_factory.mktemp("gguf") / "tiny-llama.gguf")


@pytest.fixture
def tiny_gguf(tmp_path: Path, tiny_gguf_once: Path) -> Path:
    """A tiny GGUF that a test may change."""
    path = tmp_path / "tiny-llama.gguf"
    path.write_bytes(tiny_gguf_once.read_bytes())
    return path


def write_gguf(plan: Plan, path: Path) -> Path:
    """Write a plan as it is, every tensor in the type of its source."""
    metadata = {**plan.metadata, "general.file_type": u32(FILE_TYPES[plan.source_type])}
    header, offsets = header_bytes(metadata, [(tensor.name, tensor.shape, tensor.type) for tensor in plan.tensors])
    with path.open("wb") as file:
        file.write(header)
        for tensor, offset in zip(plan.tensors, offsets, strict=True):
            file.seek(offset)
            file.write(tensor.read(0, n_rows(tensor.shape)).tobytes())
        file.truncate(padded(file.tell()))
    return path


def n_rows(shape: tuple[int, ...]) -> int:
    """Rows of a tensor in ggml's order of dimensions."""
    rows = 1
    for size in shape[1:]:
        rows *= size
    return rows
