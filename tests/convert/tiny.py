"""What a tiny Hugging Face folder is made from: a record, and the shapes that several models share.

A shape is in PyTorch's order, outermost first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Config = Mapping[str, Any]
Shapes = Iterator[tuple[str, tuple[int, ...]]]
Dtype = Literal["F32", "F16", "BF16", "F8_E4M3", "U8"]

Tokenizer = Literal[
    "llama3", "qwen2", "gpt2", "spm", "fallback", "gemma-spm", "gemma-fallback", "wordpiece", "wordpiece-cased", "vocab.txt", "unigram", "modern", "roberta"
]

NULL = object()
"""Stands for a null in config.json."""

SWIGLU, GELU = 1e-4, 3e-3
"""How far logits may be from transformers', in standard deviations. llama.cpp takes GELU from a table in half precision."""

UNKNOWN = {"tokenizer.ggml.unknown_token_id": "llama.cpp's converter looks for special tokens in tokenizer.json only"}


@dataclass(frozen=True)
class Tiny:
    """One tiny model.

    Args:
        shapes: the names and shapes of its tensors by its config.
        config: how it differs from the smallest Llama; None takes a key away.
        files: other files by name, JSON.
        dense: shapes of the layers behind the pooling, by their folders.
        shards: in how many files its weights lie.
        norms: around which number the weights of its norms are.
        converted: whether llama.cpp's converter can do it; where it fails, logits are all there is.
        differs: keys in which we differ from llama.cpp's converter on purpose, and why.
        logits: how far logits may be from the reference; None where there is none.
        raw: llama.cpp's converter has to read config.json as it is; through transformers it misses what that renames.
        reference: the config with which transformers reads it, where that is another one.
        encoder: it gives no logits but a vector for each token, which are compared instead.
    """

    tokenizer: Tokenizer
    dtype: Dtype = "BF16"
    model: str = "LlamaForCausalLM"
    model_type: str = "llama"
    shapes: Callable[[Config], Shapes] = field(kw_only=True)
    config: Config = field(default_factory=dict)
    generation: Config = field(default_factory=dict)
    tokenizer_config: Config = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    dense: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    shards: int = 1
    norms: float = 1.0
    converted: bool = True
    differs: Mapping[str, str] = field(default_factory=dict)
    logits: float | None = SWIGLU
    raw: bool = False
    reference: Config = field(default_factory=dict)
    encoder: bool = False


def head_dim(config: Config) -> int:
    """The size of an attention head."""
    size: int = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    return size


def around(config: Config, block: Callable[[str, int], Shapes], biased: bool = False) -> Shapes:
    """The embeddings and the last norm, and in between what ``block`` gives for each block's prefix and number."""
    yield "model.embed_tokens.weight", (config["vocab_size"], config["hidden_size"])
    for number in range(config["num_hidden_layers"]):
        yield from block(f"model.layers.{number}.", number)
    yield from vector("model.norm", config["hidden_size"], biased)
    if not config.get("tie_word_embeddings"):
        yield "lm_head.weight", (config["vocab_size"], config["hidden_size"])


def vector(name: str, size: int, biased: bool = False) -> Shapes:
    """A norm."""
    yield f"{name}.weight", (size,)
    if biased:
        yield f"{name}.bias", (size,)


def matrix(name: str, rows: int, columns: int, biased: bool = False) -> Shapes:
    """A linear map from ``columns`` to ``rows`` numbers."""
    yield f"{name}.weight", (rows, columns)
    if biased:
        yield f"{name}.bias", (rows,)


def attention(prefix: str, config: Config, biased: str = "", last: str = "o_proj") -> Shapes:
    """Queries, keys, values and output. ``biased`` names, by their first letters, those with a bias."""
    width, dim = config["hidden_size"], head_dim(config)
    q, kv = config["num_attention_heads"] * dim, config["num_key_value_heads"] * dim
    for name, rows, columns in (("q_proj", q, width), ("k_proj", kv, width), ("v_proj", kv, width), (last, width, q)):
        yield from matrix(f"{prefix}self_attn.{name}", rows, columns, name[0] in biased)


def gated(prefix: str, width: int, inner: int, biased: bool = False) -> Shapes:
    """A gated feed-forward part, or one expert."""
    for name, rows, columns in (("gate_proj", inner, width), ("up_proj", inner, width), ("down_proj", width, inner)):
        yield from matrix(f"{prefix}{name}", rows, columns, biased)
