"""Adapters: one runner serves the weights with and without them, at once, and each request gets what it asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.errors import LoadError

from . import tiny
from .talk import answer, files, running, text

A, B, C, D = b"abcd"
LOUD = {"temperature": 0}
SHAPE = tiny.Shape(n_embd=64, n_layer=2, n_head=4, n_head_kv=2, n_ff=96, n_ctx=2048)
LONG = [A, B, C, D] * 50


def low_rank(seed: int) -> dict[str, tuple[Any, Any]]:
    """Pairs of small matrices for some weights of the noise model."""
    rng = np.random.default_rng(seed)
    sizes = {"blk.0.attn_q": (64, 64), "blk.1.ffn_up": (96, 64), "output": (272, 64)}
    return {
        f"{name}.weight": (rng.normal(0, 0.3, (4, n_in)).astype(np.float32), rng.normal(0, 0.3, (n_out, 4)).astype(np.float32))
        for name, (n_out, n_in) in sizes.items()
    }


def noise(path: Path, *loras: tuple[int, float]) -> Path:
    """The noise model, with these adapters merged into its weights by numpy."""

    def merge(_: tiny.Metadata, weights: tiny.Weights) -> None:
        for seed, scale in loras:
            for name, (down, up) in low_rank(seed).items():
                weights[name] = weights[name] + np.float32(scale) * (up @ down)

    return tiny.random_llama(path, SHAPE, edit=merge)


def lora(path: Path, seed: int) -> Path:
    pairs = low_rank(seed)
    weights = {f"{name}.lora_{half}": one for name, pair in pairs.items() for half, one in zip("ab", pair, strict=True)}
    return tiny.save(path, "llama", {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 4.0}, weights)


class Family:
    """Some weights and two adapters, on one set of engines. ``engine(...)`` is the model with these adapters."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self.base, self.one, self.two = noise(folder / "noise.gguf"), lora(folder / "one.gguf", 1), lora(folder / "two.gguf", 2)
        self.engines = Engines()
        stack.callback(self.engines.close)

    def engine(self, *adapters: Path) -> Engine:
        return self._stack.enter_context(
            self.engines.acquire(files(self.base, *adapters), {"num_thread": 1, "num_ctx": 2048}, cancel=CancelToken())
        )


@pytest.fixture(scope="module")
def family(models: Path) -> Iterator[Family]:
    folder = models / "adapters"
    folder.mkdir()
    with ExitStack() as stack:
        yield Family(folder, stack)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def merged(family: Family, *loras: tuple[int, float]) -> bytes:
    with running(noise(family.folder / "merged.gguf", *loras)) as engine:
        return text(engine, LONG, **LOUD, num_predict=40)


def test_one_process_serves_the_model_with_and_without_adapters(family: Family) -> None:
    engines = [family.engine(), family.engine(family.one), family.engine(family.one, family.two)]
    assert len({engine.info.pid for engine in engines}) == 1
    for engine, loras in zip(engines, [(), ((1, 1.0),), ((1, 1.0), (2, 1.0))], strict=True):
        assert text(engine, LONG, **LOUD, num_predict=40) == merged(family, *loras)


@pytest.mark.parametrize(("scale", "loras"), [(0.5, ((1, 0.5),)), (-1, ((1, -1.0),)), (0, ())])
def test_adapters_can_be_scaled(family: Family, scale: float, loras: tuple[tuple[int, float], ...]) -> None:
    assert text(family.engine(family.one), LONG, **LOUD, num_predict=40, adapter_scale=scale) == merged(family, *loras)


def together(engines: list[Engine], prompts: list[list[int]], num_predict: int) -> list[bytes]:
    """The answers of all, asked for at once."""
    said: dict[int, bytes] = {}

    def ask(number: int) -> None:
        said[number] = text(engines[number], prompts[number], **LOUD, num_predict=num_predict)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(engines))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [said[number] for number in range(len(engines))]


def test_requests_with_other_adapters_run_at_once_and_do_not_mix(family: Family) -> None:
    """Short answers: with others beside them sums are rounded otherwise, and noise has no favourites."""
    engines = [family.engine(), family.engine(family.one), family.engine(family.two), family.engine()]
    prompts = [LONG, LONG, LONG, [D, C, B, A]]
    alone = [text(engine, prompt, **LOUD, num_predict=12) for engine, prompt in zip(engines, prompts, strict=True)]
    for _ in range(3):
        assert together(engines, prompts, 12) == alone


def test_each_token_is_made_with_the_adapters_of_its_request(models: Path, stack: ExitStack) -> None:
    base = tiny.markov(models / "abab.gguf", {A: {B: 9.0}, B: {A: 9.0}, C: {A: 9.0}, D: {A: 9.0}})
    loras = [tiny.adapter(models / f"{after}.gguf", {A: {after: 60.0, B: -60.0}}) for after in (C, D)]
    engines = Engines()
    stack.callback(engines.close)
    asked = [
        stack.enter_context(engines.acquire(files(base, *adapters), {"num_thread": 1}, cancel=CancelToken()))
        for adapters in [(), loras[:1], loras[1:], loras[:1], ()]
    ]
    said = together(asked, [[A, B, A]] * 5, 100)
    assert said == [b"ba" * 50, b"ca" * 50, b"da" * 50, b"ca" * 50, b"ba" * 50]


def test_what_was_evaluated_with_some_adapters_is_not_used_with_others(family: Family) -> None:
    prompt = [C, A, B, A, D] * 30
    base, one = family.engine(), family.engine(family.one)
    assert answer(base, prompt, num_predict=1)[1].prompt_cached_count == 0
    assert answer(one, prompt, num_predict=1)[1].prompt_cached_count == 0
    assert answer(base, prompt, num_predict=1)[1].prompt_cached_count == len(prompt) - 1
    assert answer(one, prompt, num_predict=1)[1].prompt_cached_count == len(prompt) - 1
    assert answer(one, prompt, num_predict=1, adapter_scale=0.5)[1].prompt_cached_count == 0


def embeds(path: Path) -> Path:
    """An adapter for embeddings that are the output layer as well: llama.cpp ends the process when it is used."""
    rng = np.random.default_rng(5)
    pair = {"token_embd.weight.lora_a": rng.normal(0, 1, (272, 4)), "token_embd.weight.lora_b": rng.normal(0, 1, (64, 4))}
    metadata = {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 4.0}
    return tiny.save(path, "llama", metadata, {name: one.astype(np.float32) for name, one in pair.items()})


def test_an_adapter_that_does_not_fit_is_refused_while_others_go_on(family: Family) -> None:
    alone = text(family.engine(), LONG, **LOUD, num_predict=40)
    streaming = family.engine().generate(LONG, {**LOUD, "num_predict": 40}, CancelToken())
    said = [next(streaming)]
    (family.folder / "broken.gguf").write_bytes(b"GGUF" + bytes(100))
    for wrong in (family.folder / "missing.gguf", family.folder / "broken.gguf", family.base):
        with pytest.raises(LoadError, match=f"the adapter {wrong.name} of noise"):
            answer(family.engine(wrong), [A])
    said += list(streaming)
    assert b"".join(token.piece for token in said) == alone


def test_an_adapter_that_would_end_the_process_is_refused_before(models: Path, tmp_path: Path) -> None:
    def tie(_: tiny.Metadata, weights: tiny.Weights) -> None:
        del weights["output.weight"]

    tied = tiny.random_llama(tmp_path / "tied.gguf", SHAPE, edit=tie)
    with pytest.raises(LoadError, match="which is the output layer"), running(tied, embeds(tmp_path / "embeds.gguf")):
        pass
