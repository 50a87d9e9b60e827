"""An Ollama with pocket in a store of its own, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_ollama import Ollama


@pytest.fixture(scope="package")
def ollama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    with Ollama(tmp_path_factory.mktemp("lab") / "models") as ollama:
        ollama.create("pocket", "FROM pocket").result()
        yield ollama
