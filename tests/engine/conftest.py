"""Fixtures of the engine tests: a place for models, engines that end with the test, and children made for tests."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_ollama.engine.process import Worker
from jupyter_ollama.engine.scheduler import Engines

Start = Callable[[], Worker]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start children that run tests/engine/children.py; they end with the test."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    workers: list[Worker] = []

    def begin() -> Worker:
        workers.append(Worker.start("children", what="the test child"))
        return workers[-1]

    yield begin
    for worker in workers:
        worker.kill()


@pytest.fixture
def engines() -> Iterator[Engines]:
    """A scheduler whose runners end with the test."""
    engines = Engines()
    yield engines
    engines.close()
    gc.collect()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for models that are written once."""
    return tmp_path_factory.mktemp("models")
