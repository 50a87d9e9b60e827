"""A store in a folder of its own, and a model made of plain bytes: the store does not look into weights."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, PARAMS, SYSTEM, Config, Layer, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store

AddModel = Callable[..., ModelName]


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """As a user whom permissions stop: the tests may run as one whom they do not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that everybody may enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        yield path
        for folder in path.rglob("*"):
            folder.chmod(0o755)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


@pytest.fixture
def add_model(store: Store) -> AddModel:
    """Puts a model into the store: weights, a system text and parameters."""

    def add(name: str, weights: bytes = b"weights", system: str = "", parameters: bytes = b"") -> ModelName:
        layers: list[Layer] = [store.put(weights, MODEL)[0]]
        if system:
            layers.append(store.put(system.encode(), SYSTEM)[0])
        if parameters:
            layers.append(store.put(parameters, PARAMS)[0])
        config, _ = store.put(Config("gguf", "test", ("test",), "0", "unknown").encode(), CONFIG_TYPE)
        return store.tag(ModelName.valid(name), Manifest.build(config, layers))

    return add
