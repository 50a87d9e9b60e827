"""Asking one engine several things at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, GenerationEnd
from jupyter_ollama.events import Token

Answer = tuple[list[Token], GenerationEnd]


class Stream:
    """An answer that is read in a thread of its own from the start. ``tokens`` grows; ``result`` waits for the end."""

    def __init__(self, engine: Engine, prompt: Sequence[int], n_keep: int | None = None, **options: Any) -> None:
        self.tokens: list[Token] = []
        self.cancel = CancelToken()
        self._moved = threading.Condition()
        self._end: GenerationEnd | BaseException | None = None
        generation = engine.generate(list(prompt), options, self.cancel, n_keep=n_keep)

        def read() -> None:
            end: GenerationEnd | BaseException | None = None
            try:
                while end is None:
                    token = next(generation)
                    with self._moved:
                        self.tokens.append(token)
                        self._moved.notify_all()
            except StopIteration as stop:
                end = stop.value
            except BaseException as error:  # noqa: BLE001 (raised where the result is asked for)
                end = error
            with self._moved:
                self._end = end
                self._moved.notify_all()

        threading.Thread(target=read, daemon=True).start()

    @property
    def over(self) -> bool:
        return self._end is not None

    def wait(self, count: int, timeout: float = 60) -> None:
        """Until so many tokens have come, or the end."""
        with self._moved:
            assert self._moved.wait_for(lambda: self.over or len(self.tokens) >= count, timeout)

    def result(self, timeout: float = 120) -> Answer:
        """All tokens, and how it ended. Raises: what the engine raised."""
        with self._moved:
            assert self._moved.wait_for(lambda: self.over, timeout)
        if isinstance(self._end, BaseException):
            raise self._end
        assert self._end is not None
        return self.tokens, self._end

    @property
    def ids(self) -> list[int]:
        return [token.id for token in self.tokens]


def ask_all(engine: Engine, prompts: Sequence[Sequence[int]], **options: Any) -> list[Answer]:
    """All prompts at once; the answers in the order of the prompts."""
    streams = [Stream(engine, prompt, **options) for prompt in prompts]
    return [stream.result() for stream in streams]
