"""A server on a free port with a store of its own, and an HTTP client for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.server import Server

from ..weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the models ``pocket`` and ``mario``, shared by the tests of one file."""
    with Ollama(tmp_path_factory.mktemp("served") / "models") as ollama:
        ollama.create("mario", "FROM pocket\nSYSTEM You are Mario.\nPARAMETER temperature 0").result(120)
        yield ollama.serve(port=0)


@pytest.fixture
def api(serving: Server) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=serving.url, verify=False, timeout=60) as client:
        yield client


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a server without models, for one test."""
    with Ollama(tmp_path / "models") as ollama, httpx.Client(base_url=ollama.serve(port=0).url, verify=False, timeout=60) as client:
        yield client


@pytest.fixture
def echo(tmp_path: Path, tiny_gguf_once: Path) -> Iterator[tuple[httpx.Client, Ollama]]:  # noqa: F811 (the fixture)
    """A server whose model ``echo`` is an engine of plain Python; a test says what it answers: ``ollama.engines = EchoEngines(EchoEngine(...))``."""
    with Ollama(tmp_path / "models") as ollama:
        ollama.create("echo", f"FROM {tiny_gguf_once}\nTEMPLATE {{{{ .Prompt }}}}").result(60)
        ollama.engines = EchoEngines(EchoEngine("Hel", "lo"))  # type: ignore[assignment]
        with httpx.Client(base_url=ollama.serve(port=0).url, verify=False, timeout=60) as client:
            yield client, ollama


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    """The objects of a stream."""
    return [json.loads(one) for one in response.text.splitlines()]


def last(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return lines(response)[-1]
