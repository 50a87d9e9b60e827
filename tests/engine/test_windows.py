"""Models some of whose layers look back only so far: what is out of their window may be overwritten, and nobody may rely on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert import plan_folder

from ..convert.folders import make_folder
from ..weights import write_gguf
from . import ggufs
from .talk import running
from .together import Stream

PROMPT = [1, *range(40, 79)]


@pytest.fixture(scope="module", params=["cohere2", "olmo3"])
def model(request: pytest.FixtureRequest, models: Path) -> Path:
    """Random weights in F32, windows of 16 tokens."""
    folder, path = make_folder(models / "windows", request.param), models / f"{request.param}-f32.gguf"
    ggufs.built_by_us(write_gguf(plan_folder(folder), models / f"{request.param}.gguf"), {path: "F32"})
    return path


def ids(said: tuple[list[Any], Any]) -> list[int]:
    return [token.id for token in said[0]]


@pytest.mark.parametrize("n_ctx", [64, 256])
def test_guesses_are_taken_back_beside_a_window(model: Path, n_ctx: int) -> None:
    """Also when the memory is full and its places are used again."""
    with running(model, num_ctx=n_ctx) as engine:
        alone, guessed = (Stream(engine, PROMPT, n_keep=4, temperature=0, num_predict=300, prompt_lookup=n).result() for n in (0, 8))
    assert ids(guessed) == ids(alone)
    assert 0 < guessed[1].accepted_count < guessed[1].guessed_count


_REUSE = """
import json, sys
from array import array
from pathlib import Path
from jupyter_ollama.engine.worker.batch import Batch
from jupyter_ollama.engine.worker.cache import Cache
from jupyter_ollama.engine.worker.llama import lib
from jupyter_ollama.engine.worker.log import Log
from jupyter_ollama.engine.worker.model import Model

model = Model("it", [Path(sys.argv[1])], (), {"num_ctx": 256, "num_thread": 1}, Log(), n_parallel=1)
cache, batch, none = Cache(model), Batch(model.n_batch, model.n_sequences), model.adapters.none

def evaluate(sequence, tokens):
    for token in tokens:
        batch.clear()
        batch.add_one(token, len(sequence.tokens), sequence.number)
        assert lib.llama_decode(model.context, batch.native) == 0
        sequence.tokens.append(token)

def known():
    return cache.best(array("i", [*range(40, 80), 90]), none)[1]

first = cache.claim(array("i", range(40, 80)), none)
evaluate(first, range(40, 80))
found = [known()]
second = cache.claim(array("i", range(100, 120)), none)
evaluate(second, range(100, 120))
evaluate(first, range(80, 100))
cache.release(second)
found.append(known())
assert cache.evict()
evaluate(first, range(100, 130))
print(json.dumps({"known": [*found, known()], "begins": lib.llama_memory_seq_pos_min(model.memory, first.number)}))
"""


def test_a_prompt_does_not_go_on_from_where_a_window_was_overwritten(model: Path) -> None:
    """The memory that an idle answer gave back makes another one begin again at the first places, on its own tokens."""
    found = json.loads(ggufs.in_child(_REUSE, str(model)))
    assert found["begins"] > 0, "some of it was overwritten"
    assert found["known"] == [40, 40, 0]
