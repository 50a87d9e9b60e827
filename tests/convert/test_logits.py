"""A converted model computes what transformers computes with the original: both in F32, KV cache in F32, without flash attention."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from .folders import make_folder
from .models import FOLDERS
from .test_golden import golden

COMPARED = [name for name, tiny in FOLDERS.items() if tiny.logits is not None]


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NDArray[np.float32]]:
    """The logits of all models, from one child."""
    room = tmp_path_factory.mktemp("logits")
    wanted = [(name, golden(name)["logits"]) for name in COMPARED]
    asked = json.dumps([
        [str(make_folder(room, name)), str(room / f"{name}.gguf"), held["ids"], held["positions"], FOLDERS[name].encoder] for name, held in wanted
    ])  # fmt: skip
    program = [sys.executable, "-m", "tests.convert.llama_logits"]
    done = subprocess.run(program, input=asked, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {name: _floats(values) for name, values in zip(COMPARED, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize("name", COMPARED)
def test_logits_are_those_of_transformers(name: str, computed: dict[str, NDArray[np.float32]]) -> None:
    expected = _floats(golden(name)["logits"]["values"])

    difference = np.abs(computed[name] - expected).max() / expected.std()

    assert difference < (FOLDERS[name].logits or 0)


def _floats(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), np.float32)
