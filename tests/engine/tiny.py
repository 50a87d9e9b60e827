"""Tiny GGUF models whose behaviour is known, written with the `gguf` package.

``markov`` has no attention and no feed-forward part: the logits after a token depend on that token alone and are what the test chose.
``random_llama`` is an ordinary Llama with random weights: what it says is noise, but it says it as a real model does.
Both have a byte-level vocabulary: one token per byte, then the special tokens, then whole words.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

BOS, EOS, UNKNOWN, WORDS = 256, 257, 258, 259
LONG = "a" * 40
Metadata = dict[str, Any]
Weights = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Shape:
    """Sizes of a model; ``n_embd`` must hold one dimension per token for ``markov``."""

    n_vocab: int = 272
    n_embd: int = 288
    n_layer: int = 1
    n_head: int = 2
    n_head_kv: int = 1
    n_ff: int = 32
    n_ctx: int = 512


def byte_letters() -> list[str]:
    """The letter that byte-level vocabularies write for each byte, as GPT-2 has it."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spare = iter(range(0x100, 0x200))
    return [chr(byte) if byte in kept else chr(next(spare)) for byte in range(256)]


def vocabulary(n_vocab: int) -> tuple[list[str], list[int]]:
    """Texts and types of all tokens: bytes, <bos>, <eos>, <unk>, one long word, fillers."""
    texts = [*byte_letters(), "<bos>", "<eos>", "<unk>", LONG]
    texts += [f"<w{number}>" for number in range(len(texts), n_vocab)]
    types = [gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * 2 + [gguf.TokenType.UNKNOWN]
    return texts, [int(kind) for kind in types + [gguf.TokenType.NORMAL] * (n_vocab - len(types))]


def write(
    path: Path, shape: Shape, weights: Weights, *, edit: Callable[[Metadata, Weights], None] | None = None, tensors_per_shard: int = 0
) -> Path:
    """Write a Llama GGUF. ``edit`` may change metadata and weights before, to make a broken one."""
    facts = metadata(shape)
    if edit is not None:
        edit(facts, weights)
    return save(path, "llama", facts, weights, tensors_per_shard)


def metadata(shape: Shape) -> Metadata:
    """Metadata of a Llama with the byte-level vocabulary."""
    return {
        "llama.context_length": shape.n_ctx,
        "llama.embedding_length": shape.n_embd,
        "llama.block_count": shape.n_layer,
        "llama.feed_forward_length": shape.n_ff,
        "llama.attention.head_count": shape.n_head,
        "llama.attention.head_count_kv": shape.n_head_kv,
        "llama.attention.layer_norm_rms_epsilon": 1e-6,
        "llama.rope.dimension_count": shape.n_embd // shape.n_head,
        "llama.vocab_size": shape.n_vocab,
        **tokenizer(shape.n_vocab),
    }


def tokenizer(n_vocab: int) -> Metadata:
    """Metadata of the byte-level vocabulary."""
    texts, types = vocabulary(n_vocab)
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": texts,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.merges": ["a a"],
        "tokenizer.ggml.bos_token_id": BOS,
        "tokenizer.ggml.eos_token_id": EOS,
        "tokenizer.ggml.unknown_token_id": UNKNOWN,
        "tokenizer.ggml.add_bos_token": True,
    }


def save(path: Path, architecture: str, metadata: Metadata, weights: Weights, tensors_per_shard: int = 0) -> Path:
    """Write a GGUF file, or several with so many tensors in each, which are named as the `gguf` package names them."""
    writer = gguf.GGUFWriter(path, architecture, split_max_tensors=tensors_per_shard)
    for key, value in metadata.items():
        put(writer, key, value)
    for name, tensor in weights.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def put(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    """Add one value of metadata, in the type that its Python type stands for."""
    match value:
        case bool():
            writer.add_bool(key, value)
        case int():
            writer.add_uint32(key, value)
        case float():
            writer.add_float32(key, value)
        case str():
            writer.add_string(key, value)
        case _:
            writer.add_array(key, value)


def weights_of(shape: Shape, fill: Callable[[tuple[int, ...]], NDArray[np.float32]]) -> Weights:
    """All tensors of a Llama, matrices made by ``fill``, norms of ones."""
    weights: Weights = {name: fill((rows, columns)) for name, rows, columns in matrices(shape)}
    return weights | {name: np.ones(shape.n_embd, np.float32) for name in norms(shape)}


def matrices(shape: Shape) -> Iterator[tuple[str, int, int]]:
    """Names, rows and columns of a Llama's matrices."""
    width, narrow = shape.n_embd, shape.n_head_kv * (shape.n_embd // shape.n_head)
    yield "token_embd.weight", shape.n_vocab, width
    for layer in range(shape.n_layer):
        for name, rows in (("attn_q", width), ("attn_k", narrow), ("attn_v", narrow), ("attn_output", width)):
            yield f"blk.{layer}.{name}.weight", rows, width
        yield f"blk.{layer}.ffn_gate.weight", shape.n_ff, width
        yield f"blk.{layer}.ffn_up.weight", shape.n_ff, width
        yield f"blk.{layer}.ffn_down.weight", width, shape.n_ff
    yield "output.weight", shape.n_vocab, width


def norms(shape: Shape) -> Iterator[str]:
    """Names of its norms."""
    yield "output_norm.weight"
    for layer in range(shape.n_layer):
        yield from (f"blk.{layer}.attn_norm.weight", f"blk.{layer}.ffn_norm.weight")


def markov(path: Path, logits: Mapping[int, Mapping[int, float]], shape: Shape | None = None, **options: Any) -> Path:
    """A model that, after token t, has the logits ``logits[t]``; what is not named there has -50."""
    shape = shape or Shape()
    weights = weights_of(shape, lambda size: np.zeros(size, np.float32))
    np.fill_diagonal(weights["token_embd.weight"], 1.0)
    table = np.full((shape.n_vocab, shape.n_embd), -50.0, np.float32)
    for before, row in logits.items():
        for after, logit in row.items():
            table[after, before] = logit
    weights["output.weight"] = table / np.sqrt(shape.n_embd, dtype=np.float32)  # the norm scales a one-hot vector by that much
    return write(path, shape, weights, **options)


def chain(path: Path, text: str, **options: Any) -> Path:
    """A model that completes ``text`` from whatever prefix of it and then ends; no byte may occur in it twice."""
    data = text.encode()
    assert len(set(data)) == len(data)
    steps = {before: {after: 20.0} for before, after in zip([BOS, *data], [*data, EOS], strict=True)}
    return markov(path, steps, **options)


def random_llama(path: Path, shape: Shape | None = None, *, seed: int = 1, **options: Any) -> Path:
    """A Llama with random weights."""
    shape = shape or Shape(n_embd=64, n_layer=2, n_head=4, n_head_kv=2, n_ff=96)
    rng = np.random.default_rng(seed)
    return write(path, shape, weights_of(shape, lambda size: rng.normal(0, 0.3, size).astype(np.float32)), **options)


def hollow_llama(path: Path, shape: Shape) -> Path:
    """A Llama in F16 whose weights are all zero: a file with a hole, which takes no room and no time to write."""
    writer = gguf.GGUFWriter(path, "llama")
    for key, value in metadata(shape).items():
        put(writer, key, value)
    tensors = [(name, sizes, np.dtype(np.float16)) for name, *sizes in matrices(shape)]
    tensors += [(name, [shape.n_embd], np.dtype(np.float32)) for name in norms(shape)]
    for name, sizes, dtype in tensors:
        writer.add_tensor_info(name, sizes, dtype, math.prod(sizes) * dtype.itemsize)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    pad = partial(gguf.GGUFWriter.ggml_pad, n=writer.data_alignment)
    os.truncate(path, sum((pad(math.prod(sizes) * dtype.itemsize) for _, sizes, dtype in tensors), pad(path.stat().st_size)))
    return path


def random_mamba(path: Path, *, seed: int = 1) -> Path:
    """A Mamba with random weights: its memory is one state for all tokens, of which no part can be dropped."""
    width, inner, state, rank, kernel, n_vocab = 32, 64, 8, 4, 4, 272
    rng = np.random.default_rng(seed)

    def fill(*size: int) -> NDArray[np.float32]:
        return rng.normal(0, 0.3, size).astype(np.float32)

    metadata: Metadata = {
        "mamba.context_length": 512,
        "mamba.embedding_length": width,
        "mamba.feed_forward_length": 0,
        "mamba.attention.head_count": 0,
        "mamba.block_count": 1,
        "mamba.ssm.conv_kernel": kernel,
        "mamba.ssm.inner_size": inner,
        "mamba.ssm.state_size": state,
        "mamba.ssm.time_step_rank": rank,
        "mamba.attention.layer_norm_rms_epsilon": 1e-6,
        **tokenizer(n_vocab),
    }
    block = {
        "attn_norm.weight": np.ones(width, np.float32), "ssm_in.weight": fill(2 * inner, width), "ssm_conv1d.weight": fill(inner, kernel),
        "ssm_conv1d.bias": fill(inner), "ssm_x.weight": fill(rank + 2 * state, inner), "ssm_dt.weight": fill(inner, rank),
        "ssm_dt.bias": fill(inner), "ssm_a": -np.exp(fill(inner, state)), "ssm_d": fill(inner), "ssm_out.weight": fill(width, inner),
    }  # fmt: skip
    weights: Weights = {f"blk.0.{name}": tensor for name, tensor in block.items()}
    weights |= {"token_embd.weight": fill(n_vocab, width), "output_norm.weight": np.ones(width, np.float32)}
    return save(path, "mamba", metadata, weights)


def adapter(path: Path, change: Mapping[int, Mapping[int, float]], shape: Shape | None = None) -> Path:
    """A LoRA for ``markov``: adds to the logits that it has after a token."""
    shape = shape or Shape()
    befores = list(change)
    down = np.zeros((len(befores), shape.n_embd), np.float32)
    up = np.zeros((shape.n_vocab, len(befores)), np.float32)
    for rank, before in enumerate(befores):
        down[rank, before] = 1 / np.sqrt(shape.n_embd)
        for after, logit in change[before].items():
            up[after, rank] = logit
    metadata = {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": float(len(befores))}
    return save(path, "llama", metadata, {"output.weight.lora_a": down, "output.weight.lora_b": up})
