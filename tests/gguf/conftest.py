"""GGUF files for these tests, and a way to change one on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jupyter_ollama.gguf import TensorType, Typed, header_bytes, padded, read_index

from ..weights import tiny_folder_once, tiny_gguf, tiny_gguf_once  # noqa: F401 (fixtures)

Shape = tuple[int, ...]
Craft = Callable[..., Path]


@pytest.fixture
def craft(tmp_path: Path, tiny_gguf_once: Path) -> Craft:  # noqa: F811 (the fixture)
    """Write the tiny model with other metadata (None: without the key) or other types of some tensors."""

    def make(metadata: Mapping[str, Typed | None] | None = None, types: Mapping[str, TensorType] | None = None) -> Path:
        index = read_index(tiny_gguf_once)
        keys = {**index.metadata.typed, **(metadata or {})}
        held = {key: value for key, value in keys.items() if value is not None}
        tensors = [(info.name, info.shape, (types or {}).get(info.name, info.type)) for info in index.tensors]
        header, offsets = header_bytes(held, tensors)
        path = tmp_path / "crafted.gguf"
        raw = tiny_gguf_once.read_bytes()
        with path.open("wb") as file:
            file.write(header)
            for info, offset in zip(index.tensors, offsets, strict=True):
                file.seek(offset)
                file.write(raw[info.offset : info.offset + info.nbytes])
            file.truncate(padded(file.tell()) + 4096)
        return path

    return make


@pytest.fixture
def small_gguf(tmp_path: Path) -> Path:
    """A well-formed GGUF of a few hundred bytes with a value of each kind."""
    from jupyter_ollama.gguf.values import f32, f32s, flag, i32, i32s, text, texts, u32, u64

    metadata = {
        "general.architecture": text("llama"), "a.flag": flag(True), "a.small": i32(-5), "a.large": u64(1 << 40), "a.real": f32(0.5),
        "a.texts": texts(["one", "", "zwölf"]), "a.numbers": i32s([1, -2, 3]), "a.reals": f32s([0.25]), "a.count": u32(7),
    }  # fmt: skip
    header, offsets = header_bytes(metadata, [("x.weight", (8, 2), TensorType.F16), ("y", (3,), TensorType.F32)])
    path = tmp_path / "small.gguf"
    path.write_bytes(header.ljust(offsets[0], b"\0") + bytes(range(32)) + bytes(32))
    return path
