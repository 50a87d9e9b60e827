"""Fixtures of the engine tests: a place for models, engines that end with the test, and children made for tests."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_ollama.engine.process import Worker
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup

from .ending import ends_within, wait_until

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


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Path]:
    """A folder by which engines share runners; afterwards these are ended, and nothing may be left of them."""
    folder = tmp_path / "runtime"
    yield folder
    visitor = Engines(Setup(runtime=folder))
    pids = [one.pid for one in visitor.loaded(loading=True)]
    for one in visitor.loaded(loading=True):
        visitor.stop(one.name)
    assert all(ends_within(pid, 10) for pid in pids if pid)
    assert wait_until(lambda: not visitor.loaded(loading=True), 10)
    visitor.close()
    assert [path.name for path in folder.glob("*") if path.name != "lock"] == []


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for models that are written once."""
    return tmp_path_factory.mktemp("models")
