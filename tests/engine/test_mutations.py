"""Hundreds of damaged models, loaded and run: no kernel dies, nothing hangs, and each gives an answer or an error."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.budget import estimate
from jupyter_ollama.engine.frames import Frame
from jupyter_ollama.engine.process import Worker
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.errors import EngineCrashed, EngineError, OllamaError
from jupyter_ollama.gguf import read_index, validate

from . import tiny
from .mutations import header_bytes, mutated
from .talk import files, text

HANG_S = 10.0
CHILD_LASTS = 25
"""Models stay in a child's memory until it ends."""
OPTIONS = {"num_thread": 1, "num_ctx": 64, "num_batch": 32}


@pytest.fixture(scope="module")
def sound(models: Path) -> list[tuple[bytes, int]]:
    """Models and where their headers end."""
    paths = [
        tiny.random_llama(models / "mutant-llama.gguf", tiny.Shape(n_embd=64, n_layer=2, n_head=4, n_head_kv=2, n_ff=96)),
        tiny.chain(models / "mutant-chain.gguf", "abc"),
        tiny.random_mamba(models / "mutant-mamba.gguf"),
    ]
    return [(path.read_bytes(), header_bytes(path)) for path in paths]


class Children:
    """Children that attempt one model after the other; one that dies of it is replaced."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._count = 0

    def attempt(self, path: Path) -> str:
        """answered, refused, ..., the signal that ended the child, or "hangs"."""
        if self._worker is None or self._count >= CHILD_LASTS:
            self.close()
            self._worker, self._count = Worker.start("attempts", what="the attempt"), 0
        self._count += 1
        fields = {
            "name": path.stem, "paths": [path], "adapters": [], "options": OPTIONS, "extra_buffers": False, "n_parallel": 1, "sizes": {},
            "snapshots": None, "draft": None, **Setup().load_fields(),
        }  # fmt: skip
        try:
            self._worker.send(Frame("attempt", 0, {**fields, "n_parallel": 1}))
            answer = self._worker.poll(HANG_S)
            return "hangs" if answer is None else str(answer.fields["outcome"])
        except EngineCrashed as error:
            self.close()
            return error.signal or f"exit code {error.exit_code}: {error}"

    def close(self) -> None:
        if self._worker is not None:
            self._worker.kill()
        self._worker = None


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    children = Children()
    yield children
    children.close()


def look_at(path: Path) -> None:
    """What the kernel itself does with a file before a runner gets it."""
    estimate(files(path), {}, Setup())
    try:
        validate(read_index(path))
    except OllamaError:
        pass


def test_two_hundred_and_forty_damaged_models_end_in_an_answer_or_an_error(
    children: Children, sound: list[tuple[bytes, int]], tmp_path: Path
) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(240):
        model, header = sound[seed % len(sound)]
        path = tmp_path / f"mutant{seed}.gguf"
        path.write_bytes(mutated(model, header, seed))
        look_at(path)
        outcome = children.attempt(path)
        path.unlink()
        outcomes[outcome] += 1
        assert outcome in ("answered", "refused", "no tokens", "no answer", "SIGABRT", "SIGSEGV", "SIGFPE", "SIGBUS"), f"seed {seed}: {outcome}"
    assert outcomes["answered"] > 10, outcomes
    assert outcomes["refused"] > 50, outcomes


def test_the_undamaged_models_answer(children: Children, sound: list[tuple[bytes, int]], tmp_path: Path) -> None:
    path = tmp_path / "sound.gguf"
    for model, _ in sound:
        path.write_bytes(model)
        assert children.attempt(path) == "answered"


def damaged_through_engines(engines: Engines, sound: list[tuple[bytes, int]], folder: Path, seeds: range) -> Counter[str]:
    """Ask for each as a user would. A sound model works in between."""
    healthy, outcomes = folder / "healthy.gguf", Counter[str]()
    healthy.write_bytes(sound[1][0])
    for seed in seeds:
        model, header = random.Random(seed).choice(sound)
        path = folder / f"mutant{seed}.gguf"
        path.write_bytes(mutated(model, header, seed))
        try:
            with engines.acquire(files(path), OPTIONS, keep_alive=0, cancel=CancelToken()) as engine:
                text(engine, "hello", num_predict=4)
            outcomes["answered"] += 1
        except EngineError as error:
            outcomes[type(error).__name__] += 1
            assert path.stem in str(error)
        path.unlink()
        if seed % 10 == 0:
            with engines.acquire(files(healthy), OPTIONS, cancel=CancelToken()) as engine:
                assert text(engine, "a") == b"bc"
    return outcomes


def test_damaged_models_that_kernels_share_harm_no_other(sound: list[tuple[bytes, int]], runtime: Path, tmp_path: Path) -> None:
    engines = Engines(Setup(runtime=runtime, num_parallel=1, load_timeout_s=HANG_S))
    assert damaged_through_engines(engines, sound, tmp_path, range(1000, 1006)).total() == 6
    engines.close()


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_damaged_models_harm_no_other(sound: list[tuple[bytes, int]], runtime: Path, tmp_path: Path) -> None:
    engines = Engines(Setup(runtime=runtime, num_parallel=1, load_timeout_s=HANG_S))
    assert damaged_through_engines(engines, sound, tmp_path, range(2000, 3000)).total() == 1000
    engines.close()
