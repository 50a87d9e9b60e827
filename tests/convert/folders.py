"""Tiny Hugging Face folders of Llama models: `make_folder` writes one in a few milliseconds, the same bytes everywhere.

Weights come from one Philox stream for each tensor name, so nothing but this code has to be in the repository.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .tiny_tokenizers import LLAMA3_SPLIT, QWEN2_SPLIT, byte_fallback_json, byte_level_json, fallback_pieces, sentencepiece_model

CHATML = (
    "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA31_ROPE = {
    "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
}  # fmt: skip
Dtype = Literal["F32", "F16", "BF16"]
TORCH_NAMES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


@dataclass(frozen=True)
class Tiny:
    """One tiny model: how its config differs from the smallest Llama, and what it is stored as."""

    tokenizer: Literal["llama3", "qwen2", "spm", "fallback"]
    dtype: Dtype = "BF16"
    config: Mapping[str, Any] = field(default_factory=dict)
    generation: Mapping[str, Any] = field(default_factory=dict)
    tokenizer_config: Mapping[str, Any] = field(default_factory=dict)
    shards: int = 1


FOLDERS: dict[str, Tiny] = {
    # The one for everything that is not about conversion: rows of 256, so that every quantization applies.
    "tiny-llama": Tiny(
        "qwen2", config={
            "hidden_size": 256, "intermediate_size": 512, "num_attention_heads": 4, "num_key_value_heads": 2,
            "tie_word_embeddings": True, "max_position_embeddings": 512,
        },
        tokenizer_config={"chat_template": CHATML},
    ),
    "llama2-spm-f16": Tiny("spm", "F16", tokenizer_config={"add_bos_token": True, "add_eos_token": False}),
    "llama2-fallback": Tiny("fallback", tokenizer_config={"add_bos_token": True, "add_eos_token": False, "legacy": False}),
    "llama31-rope": Tiny(
        "llama3", config={"num_key_value_heads": 2, "rope_theta": 500_000.0, "rope_scaling": LLAMA31_ROPE, "max_position_embeddings": 131_072},
        generation={"temperature": 0.6, "top_p": 0.9, "eos_token_id": [377, 379]}, shards=2,
    ),
    "llama32-tied": Tiny(
        "llama3", config={
            "num_key_value_heads": 1, "tie_word_embeddings": True, "rope_parameters": {**LLAMA31_ROPE, "factor": 32.0, "rope_theta": 500_000.0},
        },
        tokenizer_config={"chat_template": [{"name": "default", "template": CHATML}, {"name": "tool_use", "template": "tools" + CHATML}]},
    ),
    "llama-biases-f32": Tiny(
        "qwen2", "F32", config={
            "attention_bias": True, "mlp_bias": True, "num_key_value_heads": 2, "head_dim": 24, "rms_norm_eps": 1e-6, "vocab_size": 400,
        },
    ),
    "llama-yarn": Tiny(
        "qwen2", "F16", config={
            "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 2048, "beta_fast": 32.0, "beta_slow": 1.0},
            "max_position_embeddings": 8192,
        },
    ),
    "llama-linear": Tiny(
        "spm", "BF16", config={"rope_scaling": {"type": "linear", "factor": 2.0}, "num_hidden_layers": 3, "vocab_size": 432},
        tokenizer_config={"added_tokens_decoder": {
            "0": {"content": "<unk>", "special": True}, "1": {"content": "<s>", "special": True}, "2": {"content": "</s>", "special": True},
            "428": {"content": "<tool>", "special": False}, "429": {"content": "\u2581\u2581", "special": False},
        }},
    ),
}  # fmt: skip


def make_folder(parent: Path, name: str = "tiny-llama") -> Path:
    """Write the folder of that name below ``parent``."""
    tiny, folder = FOLDERS[name], parent / name
    folder.mkdir(parents=True)
    tokenizer = _tokenizer(tiny)
    config = _config(tiny, tokenizer)
    tensors = {key: weights(key, shape, tiny.dtype) for key, shape in tensor_shapes(config)}
    for file, held in {**tokenizer, "config.json": config}.items():
        if isinstance(held, bytes):
            (folder / file).write_bytes(held)
        else:
            (folder / file).write_text(json.dumps(held, indent=1, ensure_ascii=False), encoding="utf-8")
    if tiny.generation:
        (folder / "generation_config.json").write_text(json.dumps(dict(tiny.generation)), encoding="utf-8")
    write_weights(folder, tensors, tiny.dtype, tiny.shards)
    return folder


def weights(name: str, shape: tuple[int, ...], dtype: Dtype) -> NDArray[Any]:
    """Numbers that depend on the name only: matrices around 0 scaled by their width, norms around 1. BF16 comes as uint16.

    Source of the stability: NumPy promises that `random_raw` of a bit generator never changes.
    """
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    raw = np.random.Philox(key=seed).random_raw(int(np.prod(shape)))
    uniform = ((raw >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)).reshape(shape)
    values = np.float32(1) + uniform / np.float32(4) if "norm" in name else uniform * np.float32(3.4 / shape[-1] ** 0.5)
    if dtype == "F32":
        return values
    return values.astype(np.float16) if dtype == "F16" else (values.view(np.uint32) >> np.uint32(16)).astype(np.uint16)


def write_weights(folder: Path, tensors: Mapping[str, NDArray[Any]], dtype: Dtype, shards: int = 1) -> None:
    """model.safetensors, or shards with their index."""
    names = list(tensors)
    parts = [names[number::shards] for number in range(shards)]
    files = ["model.safetensors"] if shards == 1 else [f"model-{number:05d}-of-{shards:05d}.safetensors" for number in range(1, shards + 1)]
    for file, part in zip(files, parts, strict=True):
        (folder / file).write_bytes(safetensors_bytes({name: (dtype, tensors[name]) for name in part}))
    if shards > 1:
        weight_map = {name: file for file, part in zip(files, parts, strict=True) for name in part}
        total = sum(tensor.nbytes for tensor in tensors.values())
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


def safetensors_bytes(tensors: Mapping[str, tuple[str, NDArray[Any]]]) -> bytes:
    """A safetensors file: name to dtype and numbers. Written by hand, because NumPy has no BF16."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, (dtype, values) in tensors.items():
        begin, data = len(data), data + values.tobytes()
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data


def tensor_shapes(config: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes (PyTorch's order) of a Llama's tensors."""
    width, inner, vocab, heads = (config[name] for name in ("hidden_size", "intermediate_size", "vocab_size", "num_attention_heads"))
    head_dim = config.get("head_dim") or width // heads
    q, kv = heads * head_dim, config["num_key_value_heads"] * head_dim
    yield "model.embed_tokens.weight", (vocab, width)
    for number in range(config["num_hidden_layers"]):
        block = f"model.layers.{number}."
        yield f"{block}input_layernorm.weight", (width,)
        for name, rows, columns in (("q_proj", q, width), ("k_proj", kv, width), ("v_proj", kv, width), ("o_proj", width, q)):
            yield f"{block}self_attn.{name}.weight", (rows, columns)
            if config.get("attention_bias"):
                yield f"{block}self_attn.{name}.bias", (rows,)
        yield f"{block}post_attention_layernorm.weight", (width,)
        for name, rows, columns in (("gate_proj", inner, width), ("up_proj", inner, width), ("down_proj", width, inner)):
            yield f"{block}mlp.{name}.weight", (rows, columns)
            if config.get("mlp_bias"):
                yield f"{block}mlp.{name}.bias", (rows,)
    yield "model.norm.weight", (width,)
    if not config.get("tie_word_embeddings"):
        yield "lm_head.weight", (vocab, width)


def _config(tiny: Tiny, tokenizer: Mapping[str, Any]) -> dict[str, Any]:
    bos, eos = (1, 2) if tiny.tokenizer in ("spm", "fallback") else (376, 377)
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": TORCH_NAMES[tiny.dtype], "hidden_act": "silu",
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
        "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "vocab_size": _n_tokens(tokenizer), "tie_word_embeddings": False,
        "bos_token_id": bos, "eos_token_id": eos, **tiny.config,
    }  # fmt: skip


def _n_tokens(tokenizer: Mapping[str, Any]) -> int:
    held = tokenizer.get("tokenizer.json")
    if held is None:
        return len(fallback_pieces()[0])
    return 1 + max([*held["model"]["vocab"].values(), *(entry["id"] for entry in held["added_tokens"])])


def _tokenizer(tiny: Tiny) -> dict[str, Any]:
    """The tokenizer's files by name."""
    if tiny.tokenizer in ("spm", "fallback"):
        common = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "tokenizer_class": "LlamaTokenizer"}
        files = {"tokenizer.model": sentencepiece_model()} if tiny.tokenizer == "spm" else {"tokenizer.json": byte_fallback_json()}
        return {**files, "tokenizer_config.json": {**common, **tiny.tokenizer_config}}
    llama3 = tiny.tokenizer == "llama3"
    bos = "<|begin_of_text|>" if llama3 else "<|startoftext|>"
    eos = "<|eot_id|>" if llama3 else "<|im_end|>"
    added = [bos, eos, "<|start_header_id|>" if llama3 else "<|im_start|>", "<|end_of_turn_too|>" if llama3 else "<|endoftext|>"]
    held = byte_level_json(LLAMA3_SPLIT if llama3 else QWEN2_SPLIT, added, ignore_merges=llama3, bos=bos, pairs=llama3)
    common = {"bos_token": bos, "eos_token": eos, "tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}
    return {"tokenizer.json": held, "tokenizer_config.json": {**common, **tiny.tokenizer_config}}
