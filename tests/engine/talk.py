"""Short ways for tests to ask an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, GenerationEnd, ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.events import Token


def files(path: Path, *adapters: Path, draft: Path | None = None) -> ModelFiles:
    """A model file as the store would describe it."""
    return ModelFiles(path.stem, f"sha256:{path.stem}", path, adapters, draft=draft)


@contextmanager
def running(path: Path, *adapters: Path, draft: Path | None = None, setup: Setup | None = None, **options: Any) -> Iterator[Engine]:
    """A runner of its own for this model. One thread: more of them do not help tiny models, and wait for each other on busy machines."""
    engines = Engines(setup)
    try:
        with engines.acquire(files(path, *adapters, draft=draft), {"num_thread": 1, **options}, cancel=CancelToken()) as engine:
            yield engine
    finally:
        engines.close()


def answer(engine: Engine, prompt: str | list[int], **options: Any) -> tuple[list[Token], GenerationEnd]:
    """Generate to the end."""
    tokens = engine.tokenize(prompt) if isinstance(prompt, str) else prompt
    generation = engine.generate(tokens, options, CancelToken())
    answered: list[Token] = []
    try:
        while True:
            answered.append(next(generation))
    except StopIteration as stop:
        return answered, stop.value


def text(engine: Engine, prompt: str | list[int], **options: Any) -> bytes:
    """What is generated, as bytes."""
    return b"".join(token.piece for token in answer(engine, prompt, **options)[0])
