"""Decoding under a grammar against free decoding.

python -m tests.benchmarks.bench_format [--model pocket|NAME] [--rounds 9]

Both say the same tokens: the model's own answer in JSON, greedily, once as it comes and once with a grammar in force that allows it. A
second row has an answer that the grammar has to bend, where other tokens are taken than the model would have said.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from jupyter_ollama import Ollama
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, Form
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.schema import as_format
from jupyter_ollama.verbs.answer import request
from jupyter_ollama.verbs.resolve import resolve

from .table import Row, pairs, print_table

PROMPT = "<|im_start|>user\nReturn JSON with name Tom, age 7, city Paris, colour blue.<|im_end|>\n<|im_start|>assistant\n"
STORY = "<|im_start|>user\nTell me a story about a cat.<|im_end|>\n<|im_start|>assistant\n"
LIST = {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string", "minLength": 40, "maxLength": 80}},
                                   "required": ["text"]}, "minItems": 3, "maxItems": 3}  # fmt: skip
REPEATS = 12


def _ns_per_token(engine: Engine, prompt: str, form: Form, limit: int, **options: Any) -> float:
    """Nanoseconds a token, over several answers: the first token of each is not counted with the prompt's time."""
    took, made = 0, 0
    tokens = engine.tokenize(prompt)
    for seed in range(REPEATS):
        generation = engine.generate(tokens, {"temperature": 0, "num_predict": limit, "seed": seed, **options}, CancelToken(), form=form)
        try:
            while True:
                next(generation)
        except StopIteration as stop:
            took, made = took + stop.value.eval_duration, made + stop.value.eval_count
    return took / made


def measure(*, model: str = "pocket", rounds: int = 9) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder), model) as engine:
        json, shaped = Form("json"), Form(as_format(LIST))
        free, formed = pairs(
            lambda: _ns_per_token(engine, PROMPT, Form(), 60), lambda: _ns_per_token(engine, PROMPT, json, 60), rounds
        )
        plain, bent = pairs(
            lambda: _ns_per_token(engine, STORY, Form(), 60), lambda: _ns_per_token(engine, STORY, shaped, 60), rounds
        )
    return [
        Row("decode, JSON grammar", "free, same tokens", free / formed, ">= 0.8", f"{formed / 1e6:.2f} and {free / 1e6:.2f} ms a token"),
        Row("decode, schema that bends", "free", plain / bent, ">= 0.8", f"{bent / 1e6:.2f} and {plain / 1e6:.2f} ms a token"),
        _large_vocabulary(rounds=max(1, rounds // 3)),
    ]


@contextmanager
def _running(folder: Path, model: str) -> Iterator[Engine]:
    with Ollama(folder if model == "pocket" else None) as ollama:
        cancel = CancelToken()
        finding = resolve(ollama.store, model, cancel)
        try:
            while True:
                next(finding)
        except StopIteration as stop:
            wanted = request(stop.value, {"num_thread": 1, "num_ctx": 1024}, None, ollama.settings)
        with ollama.engines.acquire(wanted.files, wanted.options, cancel=cancel) as engine:
            yield engine


def _large_vocabulary(*, rounds: int) -> Row:
    """The same with 128,000 tokens, where comparing them all with a grammar would take longest: a Llama of random weights, drawing hot."""
    from ..engine import tiny
    from ..engine.talk import files

    shape = tiny.Shape(n_vocab=128_000, n_embd=512, n_layer=8, n_head=8, n_head_kv=2, n_ff=1536, n_ctx=512)
    with tempfile.TemporaryDirectory() as folder:
        path = tiny.random_llama(Path(folder) / "large.gguf", shape)
        engines, options = Engines(), {"num_thread": 1}
        try:
            with engines.acquire(files(path), options, cancel=CancelToken()) as engine:
                drawn = {"temperature": 1.0, "top_k": 40}
                free, formed = pairs(
                    lambda: _ns_per_token(engine, "a", Form(), 8, **drawn),
                    lambda: _ns_per_token(engine, "a", Form(as_format({"type": "string", "minLength": 200})), 8, **drawn),
                    rounds,
                )
        finally:
            engines.close()
    detail = f"{formed / 1e6:.1f} and {free / 1e6:.1f} ms a token; {np.prod([128_000, 512]) / 1e6:.0f} M of its weights are the vocabulary"
    return Row("decode, text of a schema, 128k tokens", "free", free / formed, "", detail)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    print_table(measure(model=arguments.model, rounds=arguments.rounds))
