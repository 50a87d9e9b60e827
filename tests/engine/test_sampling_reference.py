"""Every option that samples, on a real model: the tokens are those that an independent sampler in NumPy draws from the same logits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jupyter_ollama import Ollama
from jupyter_ollama.engine.protocol import Engine
from jupyter_ollama.names import ModelName

from .reference import Reference
from .talk import answer, running

PROMPT = "<|im_start|>user\nTell me a story about a ship, a lighthouse and a cat. List five animals.<|im_end|>\n<|im_start|>assistant\n"
OPEN = {"temperature": 1.3, "top_k": 0, "top_p": 1.0}
N_TOKENS = 40

CASES: dict[str, dict[str, Any]] = {
    "defaults": {},
    "greedy": {"temperature": 0},
    "below 0 is greedy": {"temperature": -1},
    "nothing cut": OPEN,
    "hot": {**OPEN, "temperature": 1.7},
    "cold": {**OPEN, "temperature": 0.3},
    "another seed": {**OPEN, "seed": 12345},
    "a negative seed": {**OPEN, "seed": -2},
    "top_k 5": {**OPEN, "top_k": 5},
    "top_k 1": {**OPEN, "top_k": 1},
    "top_p 0.5": {**OPEN, "top_p": 0.5},
    "top_p 0": {**OPEN, "top_p": 0.0},
    "min_p 0.5": {**OPEN, "min_p": 0.5},
    "min_p 1": {**OPEN, "min_p": 1.0},
    "typical_p 0.6": {**OPEN, "typical_p": 0.6, "top_k": 100},
    "tfs_z 0.9": {**OPEN, "tfs_z": 0.9},
    "tfs_z 0.3 after top_k": {**OPEN, "tfs_z": 0.3, "top_k": 60},
    "tfs_z 0": {**OPEN, "tfs_z": 0.0, "temperature": 1.5},
    "all filters": {"temperature": 1.3, "top_k": 200, "tfs_z": 0.97, "typical_p": 0.9, "top_p": 0.95, "min_p": 0.02},
    "mirostat 1": {"mirostat": 1, "temperature": 1.2, "mirostat_tau": 4.0},
    "mirostat 1, surer": {"mirostat": 1, "temperature": 1.0, "mirostat_tau": 1.0, "mirostat_eta": 0.4},
    "mirostat 2": {"mirostat": 2, "temperature": 1.2},
    "mirostat 2, surer": {"mirostat": 2, "temperature": 1.0, "mirostat_tau": 1.0, "mirostat_eta": 0.5},
    "repeat_penalty": {"temperature": 0, "repeat_penalty": 1.5},
    "repeat_penalty below 1": {"temperature": 0.9, "repeat_penalty": 0.8, "top_k": 0},
    "presence_penalty": {"temperature": 0, "presence_penalty": 6.0},
    "frequency_penalty": {"temperature": 0, "frequency_penalty": 4.0},
    "a negative penalty": {"temperature": 0.9, "frequency_penalty": -0.3},
    "repeat_last_n 0": {"temperature": 0, "repeat_penalty": 1.9, "repeat_last_n": 0},
    "repeat_last_n 3": {"temperature": 0, "repeat_penalty": 1.9, "repeat_last_n": 3},
    "repeat_last_n -1": {"temperature": 0, "frequency_penalty": 3.7, "repeat_last_n": -1},
    "newlines are penalized": {"temperature": 0, "repeat_penalty": 3.0},
    "newlines are not penalized": {"temperature": 0, "repeat_penalty": 3.0, "penalize_newline": False},
    "penalties, then filters": {**OPEN, "repeat_penalty": 1.3, "presence_penalty": 0.4, "top_p": 0.8, "penalize_newline": False},
}  # fmt: skip


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pocket model as a GGUF."""
    with Ollama(tmp_path_factory.mktemp("models")) as ollama:
        ollama.create("pocket-copy", "FROM pocket").result(120)
        return ollama.store.open(ModelName.valid("pocket-copy")).path


@pytest.fixture(scope="module")
def engine(pocket: Path) -> Iterator[Engine]:
    with running(pocket, num_ctx=512) as engine:
        yield engine


@pytest.fixture(scope="module")
def prompt(engine: Engine) -> list[int]:
    return engine.tokenize(PROMPT)


@pytest.fixture(scope="module")
def answers(engine: Engine, prompt: list[int]) -> dict[str, list[int]]:
    """What the engine answers in each case."""
    return {name: ids(engine, prompt, **options) for name, options in CASES.items()}


@pytest.fixture(scope="module")
def logits(pocket: Path, prompt: list[int], answers: dict[str, list[int]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The logits that each token of the answers was drawn from."""
    folder = tmp_path_factory.mktemp("logits")
    (folder / "answers.json").write_text(json.dumps([[prompt, answer] for answer in answers.values()]))
    command = [sys.executable, Path(__file__).with_name("step_logits.py"), pocket, folder / "answers.json", folder / "logits.npz"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with np.load(folder / "logits.npz") as found:
        return {name: found[str(number)] for number, name in enumerate(answers)}


def ids(engine: Engine, prompt: list[int], **options: Any) -> list[int]:
    """The tokens of an answer, without the one that ends it."""
    return [token.id for token in answer(engine, prompt, num_predict=N_TOKENS, **{"seed": 7, **options})[0]]


@pytest.mark.parametrize("name", CASES)
def test_the_tokens_are_those_that_plain_arithmetic_draws(
    name: str, engine: Engine, prompt: list[int], answers: dict[str, list[int]], logits: dict[str, NDArray[np.float32]]
) -> None:
    (newline,) = engine.tokenize("\n", add_special=False)
    reference = Reference(prompt, engine.info.n_ctx, newline, **{"seed": 7, **CASES[name]})

    assert len(answers[name]) > 5
    assert answers[name] == [reference.draw(row) for row in logits[name]]


def test_every_option_makes_a_difference(answers: dict[str, list[int]]) -> None:
    same_on_purpose = {("greedy", "below 0 is greedy"), ("greedy", "repeat_last_n 0"), ("greedy", "top_k 1"), ("greedy", "top_p 0")}
    for base, name in (("nothing cut", one) for one in CASES if CASES[one].items() >= OPEN.items()):
        assert name == base or answers[name] != answers[base], name
    for base, name in (("greedy", one) for one in CASES if CASES[one].get("temperature") == 0):
        assert name == base or (base, name) in same_on_purpose or answers[name] != answers[base], name


def test_one_seed_gives_the_same_tokens_again_and_another_seed_others(engine: Engine, prompt: list[int]) -> None:
    first, again, other = (ids(engine, prompt, **OPEN, seed=seed) for seed in (3, 3, 4))

    assert first == again
    assert first != other
