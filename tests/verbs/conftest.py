"""An Ollama on a store of its own, and short ways to make models and to look at what is on the disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import StoredModel
from jupyter_ollama.store.store import OWN_FOLDER

from ..weights import tiny_folder, tiny_folder_once, tiny_gguf, tiny_gguf_once  # noqa: F401 (fixtures)

Create = Callable[..., StoredModel]


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    with Ollama(tmp_path / "models") as ollama:
        yield ollama


@pytest.fixture
def create(ollama: Ollama, tiny_gguf: Path) -> Create:  # noqa: F811 (the fixture)
    """Makes a model from the text below ``FROM <a tiny GGUF>`` (or from a whole text that has its own FROM) and opens it."""

    def make(name: str, text: str = "", **arguments: Any) -> StoredModel:
        whole = text if "FROM" in text else f"FROM {tiny_gguf}\n{text}"
        ollama.create(name, whole, **arguments).result(120)
        return ollama.store.open(ModelName.valid(name))

    return make


def kinds(model: StoredModel) -> list[str]:
    return [layer.kind for layer in model.manifest.layers]


def digest_of(model: StoredModel, kind: str) -> str:
    (layer,) = (layer for layer in model.manifest.layers if layer.kind == kind)
    return layer.digest.hex


def snapshot(ollama: Ollama) -> dict[str, Any]:
    """Every file of the store with its size, but for its locks and records, and every manifest's content."""
    root = ollama.store.root
    files = {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file() and OWN_FOLDER not in path.parts}
    manifests = {str(name): json.loads(manifest.raw) for name, manifest in ollama.store.tags.manifests()}
    return {"files": files, "manifests": manifests}
