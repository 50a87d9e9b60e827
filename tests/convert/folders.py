"""Tiny Hugging Face folders: `make_folder` writes one of `FOLDERS` in a few milliseconds, the same bytes everywhere.

Weights come from one Philox stream for each tensor name, so nothing but this code has to be in the repository.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .models import FOLDERS
from .tiny import NULL, Dtype, Tiny
from .tokenizer_files import FILES, n_tokens

TORCH_NAMES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def make_folder(parent: Path, name: str = "tiny-llama", **config_values: Any) -> Path:
    """Write the folder of that name below ``parent``; ``config_values`` replace those of its config."""
    tiny, folder = FOLDERS[name], parent / name
    folder.mkdir(parents=True)
    tokenizer = _tokenizer(tiny)
    config = {**_config(tiny, tokenizer), **config_values}
    tensors = {key: (dtype, weights(key, shape, dtype, tiny.norms)) for key, shape, dtype in _stored(tiny, config)}
    for file, held in {**tokenizer, **tiny.files, "config.json": config}.items():
        (folder / file).parent.mkdir(exist_ok=True)
        if isinstance(held, bytes):
            (folder / file).write_bytes(held)
        else:
            (folder / file).write_text(json.dumps(held, indent=1, ensure_ascii=False), encoding="utf-8")
    if tiny.generation:
        (folder / "generation_config.json").write_text(json.dumps(dict(tiny.generation)), encoding="utf-8")
    write_weights(folder, tensors, tiny.shards)
    for path, shape in tiny.dense.items():
        write_weights(folder / path, {"linear.weight": (tiny.dtype, weights(f"{path}.linear.weight", shape, tiny.dtype))})
    return folder


def config_of(tiny: Tiny) -> dict[str, Any]:
    """Its config.json."""
    return _config(tiny, _tokenizer(tiny))


def _stored(tiny: Tiny, config: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...], Dtype]]:
    """Names, shapes and types. A weight that has scales is FP8, its scales are F32; blocks and scales of MXFP4 are bytes."""
    shapes = dict(tiny.shapes(config))
    for name, shape in shapes.items():
        if name.endswith(("_blocks", "_scales")):
            yield name, shape, "U8"
            continue
        scaled = any(f"{name}{suffix}" in shapes for suffix in ("_scale_inv", "_scale"))
        yield name, shape, "F8_E4M3" if scaled else "F32" if "_scale" in name else tiny.dtype


def weights(name: str, shape: tuple[int, ...], dtype: Dtype, norms: float = 1.0) -> NDArray[Any]:
    """Numbers that depend on the name only: matrices around 0 scaled by their width, norms around ``norms``. BF16 comes as uint16.

    Source of the stability: NumPy promises that `random_raw` of a bit generator never changes.
    """
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    raw = np.random.Philox(key=seed).random_raw(int(np.prod(shape)))
    uniform = ((raw >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)).reshape(shape)
    codes = (raw >> np.uint64(56)).astype(np.uint8).reshape(shape)
    if dtype == "U8":
        return np.uint8(118) + codes % np.uint8(6) if name.endswith("_scales") else codes
    if dtype == "F8_E4M3":
        return np.where(codes & 127 == 127, np.uint8(0), codes)  # the others are NaN
    if "_scale" in name:
        return np.float32(1e-3) + uniform * np.float32(1e-3)
    values = np.float32(norms) + uniform / np.float32(4) if "norm" in name.lower() else uniform * np.float32(3.4 / shape[-1] ** 0.5)
    if dtype == "F32":
        return values
    return values.astype(np.float16) if dtype == "F16" else (values.view(np.uint32) >> np.uint32(16)).astype(np.uint16)


def write_weights(folder: Path, tensors: Mapping[str, tuple[Dtype, NDArray[Any]]], shards: int = 1) -> None:
    """model.safetensors, or shards with their index."""
    names = list(tensors)
    parts = [names[number::shards] for number in range(shards)]
    files = ["model.safetensors"] if shards == 1 else [f"model-{number:05d}-of-{shards:05d}.safetensors" for number in range(1, shards + 1)]
    for file, part in zip(files, parts, strict=True):
        (folder / file).write_bytes(safetensors_bytes({name: tensors[name] for name in part}))
    if shards > 1:
        weight_map = {name: file for file, part in zip(files, parts, strict=True) for name in part}
        total = sum(tensor.nbytes for _, tensor in tensors.values())
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


def _config(tiny: Tiny, tokenizer: Mapping[str, Any]) -> dict[str, Any]:
    bos, eos = (376, 377) if tiny.tokenizer in ("llama3", "qwen2") else (1, 2)
    full = {
        "architectures": [tiny.model], "model_type": tiny.model_type, "torch_dtype": TORCH_NAMES[tiny.dtype], "hidden_act": "silu",
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
        "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "vocab_size": n_tokens(tokenizer), "tie_word_embeddings": False,
        "bos_token_id": bos, "eos_token_id": eos, **tiny.config,
    }  # fmt: skip
    return {key: None if value is NULL else value for key, value in full.items() if value is not None}


def _tokenizer(tiny: Tiny) -> dict[str, Any]:
    """The tokenizer's files by name."""
    files, config = FILES[tiny.tokenizer]()
    return {**files, "tokenizer_config.json": {**config, **tiny.tokenizer_config}}
