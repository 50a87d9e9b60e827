"""The Ollama that an experiment asks: one that is given, or a new one for as long as it takes."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def opened(ollama: Any = None) -> Iterator[Any]:
    """``ollama``, which stays open, or a new ``Ollama`` with the environment's settings."""
    if ollama is not None:
        yield ollama
        return
    with importlib.import_module("jupyter_ollama").Ollama() as made:
        yield made
