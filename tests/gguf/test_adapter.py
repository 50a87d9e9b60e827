"""GGUF adapters that do not belong to a model, or that llama.cpp would answer with an abort, are refused; those that fit pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.errors import SourceError
from jupyter_ollama.gguf import GGUFIndex, Metadata, TensorInfo, TensorType, read_index
from jupyter_ollama.gguf.adapter import check_adapter
from jupyter_ollama.gguf.values import f32, text, u32, u32s

LORA = {
    "general.type": text("adapter"), "general.architecture": text("llama"), "adapter.type": text("lora"), "adapter.lora.alpha": f32(8.0),
}  # fmt: skip
Q, EMBEDDINGS, OUTPUT = "blk.0.attn_q.weight", "token_embd.weight", "output.weight"


@pytest.fixture(scope="module")
def base(tiny_gguf_once: Path) -> GGUFIndex:
    """Width 256, 380 tokens, and the embeddings are the output layer."""
    return read_index(tiny_gguf_once)


def adapter(shapes: dict[str, tuple[int, ...]], **changed: Any) -> GGUFIndex:
    """The header of an adapter; two underscores in a key stand for a dot."""
    keys = {**LORA, **{key.replace("__", "."): value for key, value in changed.items()}}
    tensors = tuple(TensorInfo(name, shape, TensorType.F32, 0, 0) for name, shape in shapes.items())
    held = {key: value for key, value in keys.items() if value is not None}
    return GGUFIndex(Path("lora.gguf"), 3, 0, Metadata(held), tensors, 32, 0)


def pair(weight: str, a: tuple[int, ...], b: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{weight}.lora_a": a, f"{weight}.lora_b": b}


def test_an_adapter_of_the_model_passes_with_norms_and_without_alpha(base: GGUFIndex) -> None:
    fits = pair(Q, (256, 4), (4, 256))

    check_adapter(adapter(fits), base)
    check_adapter(adapter(fits | {"blk.0.attn_norm.weight": (256,)}, adapter__lora__alpha=None), base)


@pytest.mark.parametrize(
    ("shapes", "keys", "says"),
    [
        (pair(Q, (256, 4), (4, 256)), {"adapter__type": text("ia3")}, "is an adapter of the type 'ia3'"),
        (pair(Q, (256, 4), (4, 256)), {"adapter__type": None}, "is an adapter of the type None"),
        (pair(Q, (256, 4), (4, 256)), {"adapter__lora__alpha": u32(8)}, "has the alpha 8"),
        (pair(Q, (256, 4), (4, 256)), {"adapter__lora__alpha": text("8")}, "has the alpha '8'"),
        (pair(Q, (256, 4), (4, 256)), {"adapter__lora__alpha": replace(f32(0), value=float("nan"))}, "has the alpha nan"),
        (pair(Q, (256, 4), (4, 256)), {"adapter__alora__invocation_tokens": u32s([1])}, "is an activated LoRA"),
        (pair(Q, (256, 4), (4, 256)), {"general__architecture": text("gemma")}, "for the architecture 'gemma', but the model of FROM is 'llama'"),
        ({}, {}, "has no LoRA tensors"),
        ({"blk.0.attn_norm.weight": (256,)}, {}, "has no LoRA tensors"),
        ({Q: (256, 256)}, {}, "has the tensor 'blk.0.attn_q.weight', which is no part of a LoRA"),
        ({f"{Q}.lora_a": (256, 4)}, {}, "has only one half of the pair for blk.0.attn_q.weight"),
        (pair("blk.9.attn_q.weight", (256, 4), (4, 256)), {}, "changes blk.9.attn_q.weight, which the model of FROM does not have"),
        (pair(Q, (256,), (256,)), {}, "has a pair of the shapes [256] and [256]"),
        (pair(Q, (256, 4), (5, 256)), {}, "has a pair of the shapes [256, 4] and [5, 256]"),
        (pair(Q, (256, 0), (0, 256)), {}, "has a pair of the shapes [256, 0] and [0, 256]"),
        (pair(Q, (256, 4, 2), (4, 256, 3)), {}, "has a pair of the shapes"),
        (pair(Q, (256, 4, 2), (4, 256, 2)), {}, "is for a model whose blk.0.attn_q.weight is 256 x 256 x 2"),
        (pair(Q, (128, 4), (4, 128)), {}, "is for a model whose blk.0.attn_q.weight is 128 x 128, but in the model of FROM it is 256 x 256"),
        (pair(EMBEDDINGS, (4, 380), (4, 256)), {}, "which is the output layer of the model of FROM as well"),
    ],
)
def test_an_adapter_that_does_not_fit_says_why(shapes: dict[str, tuple[int, ...]], keys: dict[str, Any], says: str, base: GGUFIndex) -> None:
    with pytest.raises(SourceError) as caught:
        check_adapter(adapter(shapes, **keys), base)

    assert says in str(caught.value)
    assert "lora.gguf" in str(caught.value)


def test_rows_of_embeddings_are_looked_up_so_a_lies_the_other_way(base: GGUFIndex) -> None:
    embeddings = base.tensor(EMBEDDINGS)
    assert embeddings
    n_tokens = embeddings.shape[1]
    untied = replace(base, tensors=(*base.tensors, replace(embeddings, name=OUTPUT)))

    check_adapter(adapter(pair(EMBEDDINGS, (4, n_tokens), (4, 256))), untied)
    with pytest.raises(SourceError):
        check_adapter(adapter(pair(EMBEDDINGS, (256, 4), (4, n_tokens))), untied)
