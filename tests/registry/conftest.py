"""Registries to pull from and push to: a scripted one, and a real one that is started for the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.registry import Limits, Proxies, Registry
from jupyter_ollama.settings import Settings

from ..quick_disk import quick_disk
from .real import RealRegistry
from .scripted import Scripted

QUICK = Limits(
    connect_s=20, answer_s=20, stall_s=0.3, tries=4, stalls=10, pause_s=0.001, min_part_bytes=20_000, max_part_bytes=50_000, streams=4, ramp_s=0,
    note_every_bytes=4096,
)  # fmt: skip
"""Small parts, little patience."""

NOWHERE = Proxies(https="http://127.0.0.1:9")
"""No test speaks to a registry on the internet."""

NewOllama = Callable[..., Ollama]


def quick_ollama(root: Path, limits: Limits = QUICK) -> Ollama:
    """An Ollama of its own whose transfers are in small parts and soon lose patience."""
    ollama = Ollama(settings=Settings(models=root / "models", key=root / "id_ed25519", docker_config=root / "docker.json"))
    ollama.registry = Registry(root / "id_ed25519", docker_config=root / "docker.json", limits=limits, proxies=NOWHERE)
    return ollama


@pytest.fixture
def new_ollama(tmp_path: Path) -> Iterator[NewOllama]:
    """Makes Ollamas, each with a store and a key of its own, by name."""
    made: list[Ollama] = []
    with quick_disk() as folder:

        def make(name: str = "home", limits: Limits = QUICK) -> Ollama:
            made.append(quick_ollama(folder / name, limits))
            return made[-1]

        yield make
        for ollama in made:
            ollama.close()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted().running() as script:
        yield script
    assert [] == script.problems


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """Debian's docker-registry on loopback."""
    with RealRegistry(tmp_path_factory.mktemp("registry")) as registry:
        yield registry
