"""The numbers of a quantization study, against independent computations: NumPy on logits, the ``gguf`` package's own unpacking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader
from gguf.quants import dequantize

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import ExperimentError, QuantizationError
from jupyter_ollama.lab.places import place_of
from jupyter_ollama.lab.quantizing import QuantizationStudy
from jupyter_ollama.lab.quantizing.answers import PIECE, PREPARE
from jupyter_ollama.lab.quantizing.run import TEXT

TYPES = ["q8_0", "q4_0", "q2_K"]


@pytest.fixture(scope="module")
def study(ollama: Ollama) -> QuantizationStudy:
    return lab.quantizations("pocket", TYPES, places=24, answer_tokens=8, keep="variants", ollama=ollama, progress=False)


def blob(ollama: Ollama, model: str) -> GGUFReader:
    layer = next(layer for layer in ollama.show(model).layers if layer.kind == "model")
    return GGUFReader(ollama.settings.models / "blobs" / layer.digest.replace(":", "-"))


def test_smaller_types_are_smaller_and_further_away(study: QuantizationStudy) -> None:
    assert [row.type for row in study] == ["original", *TYPES]
    sizes = [row.size_bytes for row in study]
    assert sizes == sorted(sizes, reverse=True)
    assert study[0].kl_divergence == 0
    assert study[0].same_top == 1
    assert study[1].kl_divergence < study[3].kl_divergence
    assert study[1].rmse < study[2].rmse < study[3].rmse
    assert all(row.answer_rate > 0 and row.prompt_rate > 0 for row in study)


def test_bits_per_weight_are_those_of_the_file(study: QuantizationStudy, ollama: Ollama) -> None:
    reader = blob(ollama, "variants:q4_0")
    weights = sum(int(tensor.n_elements) for tensor in reader.tensors)
    assert study[2].bits_per_weight == pytest.approx(8 * Path(reader.data.filename).stat().st_size / weights)


def test_errors_of_tensors_are_those_of_the_gguf_package(study: QuantizationStudy, ollama: Ollama) -> None:
    before = {tensor.name: tensor for tensor in blob(ollama, "variants:original").tensors}
    after = {tensor.name: tensor for tensor in blob(ollama, "variants:q2_k").tensors}
    found = {one.name: one for one in study.errors if one.variant == "q2_K"}
    assert len(found) > 10
    for name in list(found)[:12]:
        was, now = (dequantize(tensor.data, tensor.tensor_type).astype(np.float64).ravel() for tensor in (before[name], after[name]))
        assert found[name].rmse == pytest.approx(np.sqrt(np.mean((was - now) ** 2)), rel=1e-6)
        assert found[name].relative == pytest.approx(found[name].rmse / np.sqrt(np.mean(was**2)), rel=1e-6)


def test_perplexity_and_divergence_are_those_of_the_logits(study: QuantizationStudy, ollama: Ollama) -> None:
    (scored,) = ollama.score("variants:original", TEXT).result()
    tokens = list(scored.tokens)
    pieces = [tokens[start : start + PIECE] for start in range(0, len(tokens), PIECE)]
    logits = {model: [after_every_place(ollama, f"variants:{model}", piece) for piece in pieces] for model in ("original", "q4_0")}

    judged = [
        -rows[place - 1][piece[place]]
        for piece, rows in zip(pieces, logits["q4_0"], strict=True)
        for place in range(len(piece) - (len(piece) - 1) + min(PREPARE, len(piece) // 2), len(piece))
    ]
    assert study[2].perplexity == pytest.approx(np.exp(np.mean(judged)), rel=0.02)  # batches of another size round differently

    p, q = (np.concatenate([rows[:-1] for rows in logits[model]]) for model in ("original", "q4_0"))
    chosen = np.linspace(0, len(p) - 1, 24).astype(int)
    kl = (np.exp(p[chosen]) * (p[chosen] - q[chosen])).sum(axis=1).mean()
    assert study[2].kl_divergence == pytest.approx(kl, rel=0.1, abs=1e-3)
    assert study[2].same_top == pytest.approx((p[chosen].argmax(axis=1) == q[chosen].argmax(axis=1)).mean(), abs=0.05)


def after_every_place(ollama: Ollama, model: str, piece: list[int]) -> np.ndarray:
    """Log-probabilities after every place of a piece."""
    found = ollama.next_tokens(model, [piece[:end] for end in range(1, len(piece) + 1)], top=1, options={"num_ctx": PIECE * 2}).result()
    return np.asarray([np.asarray(one.logprobs) for one in found], np.float64)


def test_it_is_a_table_a_plot_and_a_map(study: QuantizationStudy) -> None:
    assert list(study.frame()["type"]) == ["original", *TYPES]
    assert "BITS PER WEIGHT" in str(study)
    assert len(study.plot().rows) == len(TYPES)
    assert "Best for their size" in str(study.plot())
    assert {row["kind"] for row in study.heat_map("q2_K").rows} >= {"ffn_down", "attn_q"}
    assert "largest error" in str(study.heat_map())


def test_variants_that_shall_not_stay_are_gone_even_after_a_mistake(ollama: Ollama) -> None:
    before = [one.name for one in ollama.list()]
    with pytest.raises(ExperimentError, match="too short"):
        lab.quantizations("pocket", ["q8_0"], text="Hi.", ollama=ollama, progress=False)
    lab.quantizations("pocket", ["q8_0"], places=4, answer_tokens=2, ollama=ollama, progress=False)
    assert [one.name for one in ollama.list()] == before


def test_an_unknown_type_is_said_at_once(ollama: Ollama) -> None:
    with pytest.raises(QuantizationError, match="q9"):
        lab.quantizations("pocket", ["q9"], ollama=ollama, progress=False)


def test_places_of_tensors() -> None:
    assert place_of("blk.12.attn_q.weight") == (12, "attn_q")
    assert place_of("token_embd.weight") == (None, "token_embd")
