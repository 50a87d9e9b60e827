"""Models made of plain bytes: nobody looks into weights on the way to a registry and back."""

from __future__ import annotations

import random
from pathlib import Path

from jupyter_ollama import Ollama
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, SYSTEM, Config, Layer, Manifest
from jupyter_ollama.names import ModelName

CONFIG = Config("gguf", "test", ("test",), "0", "unknown").encode()


def weights(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def add(ollama: Ollama, name: str, data: bytes, system: str = "You are Mario.", from_model: str = "") -> ModelName:
    """Put a model into the store."""
    config, _ = ollama.store.put(CONFIG, CONFIG_TYPE)
    layers: list[Layer] = [ollama.store.put(data, MODEL, from_model=from_model)[0], ollama.store.put(system.encode(), SYSTEM)[0]]
    return ollama.store.tag(ModelName.valid(name), Manifest.build(config, layers))


def files(ollama: Ollama) -> dict[str, bytes]:
    """What lies among the blobs."""
    folder: Path = ollama.store.blobs.folder
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def manifest(ollama: Ollama, name: str) -> bytes:
    return ollama.store.tags.read(ModelName.parse(name)).raw
