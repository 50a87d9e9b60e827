"""Our header against the one that gguf's own writer makes of the same content."""

from __future__ import annotations

import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from jupyter_ollama.gguf import TensorType, Typed, header_bytes, padded, read_index
from jupyter_ollama.gguf.values import f32, f32s, flag, i32, i32s, text, texts, u32, u32s, u64


def written_by_gguf(path: Path, alignment: int | None = None) -> bytes:
    writer = gguf.GGUFWriter(path, "llama")
    if alignment:
        writer.add_custom_alignment(alignment)
    writer.add_string("s", "ä")
    writer.add_uint32("u", 5)
    writer.add_int32("i", -5)
    writer.add_uint64("l", 1 << 50)
    writer.add_float32("f", 1e-5)
    writer.add_bool("b", True)
    writer.add_array("texts", ["a", "bc"])
    writer.add_array("ints", [1, -2])
    writer.add_array("floats", [0.5])
    writer.add_tensor("x.weight", np.arange(96, dtype=np.float16).reshape(3, 32))
    writer.add_tensor("y.weight", np.arange(5, dtype=np.float32))
    writer.add_tensor("z.weight", gguf.quants.quantize(np.ones((2, 64), dtype=np.float32), TensorType.Q8_0), raw_dtype=TensorType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


TENSORS = [("x.weight", (32, 3), TensorType.F16), ("y.weight", (5,), TensorType.F32), ("z.weight", (64, 2), TensorType.Q8_0)]
VALUES: dict[str, Typed] = {
    "s": text("ä"), "u": u32(5), "i": i32(-5), "l": u64(1 << 50), "f": f32(1e-5), "b": flag(True),
    "texts": texts(["a", "bc"]), "ints": i32s([1, -2]), "floats": f32s([0.5]),
}  # fmt: skip


def test_the_header_is_byte_identical(tmp_path: Path) -> None:
    theirs = written_by_gguf(tmp_path / "theirs.gguf")

    ours, offsets = header_bytes({"general.architecture": text("llama"), **VALUES}, TENSORS)

    assert theirs[: len(ours)] == ours
    assert [tensor.data_offset for tensor in gguf.GGUFReader(tmp_path / "theirs.gguf").tensors] == list(offsets)
    assert len(theirs) == offsets[-1] + padded(136)


def test_another_alignment_is_written_into_the_header(tmp_path: Path) -> None:
    theirs = written_by_gguf(tmp_path / "theirs.gguf", alignment=128)

    metadata = {"general.architecture": text("llama"), "general.alignment": u32(128), **VALUES}
    ours, offsets = header_bytes(metadata, TENSORS, alignment=128)

    assert theirs[: len(ours)] == ours
    assert all(offset % 128 == 0 for offset in offsets)


def test_the_usual_alignment_is_not_written(tmp_path: Path) -> None:
    header, _ = header_bytes({"general.alignment": u32(128)}, [])
    path = tmp_path / "plain.gguf"
    path.write_bytes(header)

    assert dict(read_index(path).metadata) == {}


def test_what_is_written_is_read_back_with_its_types(tmp_path: Path) -> None:
    header, offsets = header_bytes({**VALUES, "u32s": u32s([1, 2])}, TENSORS)
    path = tmp_path / "ours.gguf"
    path.write_bytes(header + bytes(offsets[-1] + 136 - len(header)))

    index = read_index(path)

    assert index.metadata.typed == {**VALUES, "u32s": u32s([1, 2])}
    assert [(tensor.name, tensor.shape, tensor.type) for tensor in index.tensors] == TENSORS


def test_half_a_character_is_written_as_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "half.gguf"
    path.write_bytes(header_bytes({"k": text("a\ud800"), "t": texts(["\udfff"])}, [])[0])

    assert read_index(path).metadata["k"] == "a?"


def test_values_that_do_not_fit_their_type_are_refused() -> None:
    with pytest.raises(struct.error):
        header_bytes({"k": u32(-1)}, [])
    with pytest.raises(ValueError, match="whole number of Q4_K blocks"):
        header_bytes({}, [("x", (100,), TensorType.Q4_K)])
