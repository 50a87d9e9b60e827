"""What of a step is Python: the loop of the engine's child, run in this process, with native calls timed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from jupyter_ollama.engine.frames import Frame
from jupyter_ollama.engine.worker.channel import Channel
from jupyter_ollama.engine.worker.generation import Generation
from jupyter_ollama.engine.worker.llama import lib
from jupyter_ollama.engine.worker.log import Log
from jupyter_ollama.engine.worker.loop import Loop
from jupyter_ollama.engine.worker.model import Model

STEPS = 64


class Nowhere(Channel):
    """A client that takes everything."""

    def __init__(self) -> None:
        pass

    def send(self, frame: Frame) -> None:
        pass


class Clock:
    """Adds up the time that is spent in native functions."""

    def __init__(self, *names: str) -> None:
        self.seconds = 0.0
        self._real = {name: getattr(lib, name) for name in names}

    def __enter__(self) -> Clock:
        for name, function in self._real.items():
            setattr(lib, name, self._timed(function))
        return self

    def __exit__(self, *_: object) -> None:
        for name, function in self._real.items():
            setattr(lib, name, function)

    def _timed(self, function: Any) -> Any:
        def timed(*arguments: Any) -> Any:
            begun = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.perf_counter() - begun

        return timed


def python_share(path: Path, threads: int, streams: int, *, extra_buffers: bool = True) -> tuple[float, float]:
    """Of one step: the median of the seconds that are not native, and of all of them."""
    log = Log()
    model = Model("bench", [path], [], {"num_thread": threads, "num_ctx": 4096}, log, extra_buffers=extra_buffers)
    with Clock("llama_decode", "llama_sampler_sample") as clock:
        loop, client = Loop(model, log, lambda: False), Nowhere()
        for number in range(streams):
            prompt = [97 + number, *range(97, 120)]
            loop.submit(Generation(model, number, client, prompt, {"num_predict": STEPS + 20, "seed": number}, {}))
        for _ in range(8):
            loop.step()
        steps = []
        for _ in range(STEPS):
            clock.seconds, begun = 0.0, time.perf_counter()
            loop.step()
            took = time.perf_counter() - begun
            steps.append((took - clock.seconds, took))
    assert loop.busy
    return sorted(share for share, _ in steps)[STEPS // 2], sorted(took for _, took in steps)[STEPS // 2]
