"""Sixteen clients of one shared runner for a long time: requests, cancels, kernels that go away, a runner that is killed again and again."""

from __future__ import annotations

import gc
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.errors import EngineError

from . import tiny
from .oracle import Oracle
from .talk import files

N_CTX, COUNT = 256, 40
KERNELS, CLIENTS = 4, 4
SHAPE = tiny.Shape(n_embd=128, n_layer=4, n_head=4, n_head_kv=2, n_ff=256, n_ctx=512)
MOST_GROWTH = 50 << 20
LONGEST_S = 60.0


class Kernel:
    """A kernel's way to the runner. ``times_gone`` counts how often it went away, in the middle of whatever it asked."""

    def __init__(self, runtime: Path) -> None:
        self.times_gone = 0
        self._setup = Setup(runtime=runtime)
        self.engines = Engines(self._setup)

    def go_away(self) -> None:
        self.times_gone += 1
        gone, self.engines = self.engines, Engines(self._setup)
        gone.close()


class Soak:
    """Everything that happens, and what went wrong."""

    def __init__(self, model: Path, oracle: Oracle, runtime: Path) -> None:
        self.model, self.oracle = files(model), oracle
        self.kernels = [Kernel(runtime) for _ in range(KERNELS)]
        self.kills = self.answered = self.excused = 0
        self.wrong: list[BaseException] = []
        self._chance = random.Random(5)
        self._over = threading.Event()

    def run(self, seconds: float, kill_every: float) -> None:
        self._over.clear()
        clients = [
            threading.Thread(target=self._client, args=(kernel, random.Random(100 * number + client)))
            for number, kernel in enumerate(self.kernels)
            for client in range(CLIENTS)
        ]
        for thread in clients:
            thread.start()
        until, kill = time.monotonic() + seconds, True
        while time.monotonic() < until and not self.wrong:
            self._over.wait(kill_every * self._chance.uniform(0.5, 1.5))
            if kill:
                self._kill()
            else:
                self._chance.choice(self.kernels).go_away()
            kill = not kill
        self._over.set()
        for thread in clients:
            thread.join(LONGEST_S)
            assert not thread.is_alive(), "a request is stuck"

    def _kill(self) -> None:
        for one in self.kernels[0].engines.loaded():
            with suppress(ProcessLookupError):
                self.kills += 1
                os.kill(one.pid, signal.SIGKILL)

    def _client(self, kernel: Kernel, chance: random.Random) -> None:
        while not self._over.is_set() and not self.wrong:
            before = (self.kills, kernel.times_gone)
            try:
                self.request(kernel, chance)
                self.answered += 1
            except EngineError as error:
                if (self.kills, kernel.times_gone) == before:
                    self.wrong.append(error)
                self.excused += 1
            except BaseException as error:  # noqa: BLE001 (told at the end)
                self.wrong.append(error)

    def request(self, kernel: Kernel, chance: random.Random) -> None:
        """One request of a random kind."""
        cancel = CancelToken()
        with kernel.engines.acquire(self.model, {"num_thread": 1, "num_ctx": N_CTX}, cancel=cancel) as engine:
            if chance.random() < 0.2:
                text = "abc" * chance.randrange(5_000)
                assert engine.detokenize(engine.tokenize(text, add_special=False)) == text.encode()
            number, kind = chance.randrange(len(self.oracle.prompts)), chance.random()
            prompt = self.oracle.prompts[number]
            if kind < 0.1:  # far beyond the end of the context
                generation = engine.generate(prompt, {"num_predict": 300, "seed": 1}, cancel, n_keep=chance.randrange(20))
            else:
                generation = engine.generate(prompt, {"temperature": 0, "num_predict": COUNT}, cancel)
            stop_after = chance.randrange(COUNT) if chance.random() < 0.3 else -1
            if stop_after == 0:
                threading.Timer(chance.random() * 0.05, cancel.cancel).start()
            said: list[int] = []
            try:
                while True:
                    said.append(next(generation).id)
                    if len(said) == stop_after:
                        cancel.cancel()
            except StopIteration:
                pass
        if kind >= 0.1:
            self.oracle.check(number, said, whole=not cancel.cancelled)


def calmer(_: tiny.Metadata, weights: tiny.Weights) -> None:
    """Weights that neither blow up nor damp what goes through them, as those of trained models."""
    for name, tensor in weights.items():
        if tensor.ndim == 2 and name != "token_embd.weight":
            tensor *= 0.3


def prompts() -> list[list[int]]:
    """Conversations: three beginnings, each with ends of several lengths."""
    chance = random.Random(9)
    heads = [[chance.randrange(97, 123) for _ in range(length)] for length in (20, 60, 110)]
    return [[*head, *(chance.randrange(97, 123) for _ in range(length))] for head in heads for length in (1, 5, 12, 30, 70)]


@pytest.mark.parametrize(
    ("seconds", "kill_every"),
    [(60, 5.0), pytest.param(1800, 8.0, marks=[pytest.mark.soak, pytest.mark.timeout(2400)])],
    ids=["short", "long"],
)
def test_many_clients_get_right_answers_whatever_happens(
    models: Path, runtime: Path, tmp_path: Path, seconds: float, kill_every: float
) -> None:
    model = tiny.random_llama(models / "soak.gguf", SHAPE, seed=8, edit=calmer)
    oracle = Oracle(model, prompts(), COUNT, tmp_path, num_ctx=N_CTX)
    assert oracle.noise < 0.1
    soak = Soak(model, oracle, runtime)
    soak.run(seconds / 5, kill_every)
    gc.collect()
    before = psutil.Process().memory_info().rss
    soak.run(seconds * 4 / 5, kill_every)
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    assert soak.wrong == []
    assert grown < MOST_GROWTH
    assert soak.answered > seconds
    assert oracle.parted <= soak.answered / 4
    soak.run(0, 0)  # every client asks once more: no place is stuck
    for kernel in soak.kernels:
        soak.request(kernel, random.Random(1))
        kernel.engines.close()
    print(
        f"{soak.answered} answers, {soak.kills} kills, {soak.excused} requests failed with them or with their kernel, {grown >> 20} MB more; "
        f"{oracle.parted} parted by rounding, which moves logits by {oracle.noise:.2g}, where the best led by {oracle.widest:.2g} at most"
    )
