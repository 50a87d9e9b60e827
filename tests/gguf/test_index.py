"""Reading GGUF headers: the same as gguf's own reader sees, and an error for everything that is not well formed."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
from pathlib import Path

import gguf
import numpy as np
import pytest

from jupyter_ollama.errors import GGUFError
from jupyter_ollama.gguf import Array, TensorType, ValueType, read_index
from jupyter_ollama.gguf.cursor import MAX_HEADER_BYTES
from jupyter_ollama.gguf.types import file_type_name

MAGIC = b"GGUF"


def header(version: int = 3, n_tensors: int = 0, n_keys: int = 0, rest: bytes = b"") -> bytes:
    return MAGIC + struct.pack("<IQQ", version, n_tensors, n_keys) + rest


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def refused(path: Path, raw: bytes) -> GGUFError:
    path.write_bytes(raw)
    with pytest.raises(GGUFError) as caught:
        read_index(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_gguf_reader_sees_the_same_keys_and_tensors(tiny_gguf: Path) -> None:
    theirs, ours = gguf.GGUFReader(tiny_gguf), read_index(tiny_gguf)

    assert {key: field.contents() for key, field in theirs.fields.items() if not key.startswith("GGUF.")} == {
        key: list(value) if isinstance(value, Array) else value for key, value in ours.metadata.items()
    }
    assert [(t.name, tuple(int(size) for size in t.shape), t.tensor_type, t.data_offset, t.n_bytes) for t in theirs.tensors] == [
        (t.name, t.shape, t.type, t.offset, t.nbytes) for t in ours.tensors
    ]


def test_every_type_of_value_that_gguf_writer_writes_is_read(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "all.gguf", "llama")
    writer.add_uint8("v.u8", 200)
    writer.add_int8("v.i8", -100)
    writer.add_uint16("v.u16", 60_000)
    writer.add_int16("v.i16", -30_000)
    writer.add_uint32("v.u32", 4_000_000_000)
    writer.add_int32("v.i32", -2_000_000_000)
    writer.add_uint64("v.u64", 1 << 63)
    writer.add_int64("v.i64", -(1 << 62))
    writer.add_float32("v.f32", 0.5)
    writer.add_float64("v.f64", 0.1)
    writer.add_bool("v.bool", True)
    writer.add_string("v.text", "中文 🚀")
    writer.add_array("v.texts", ["a", "", "ß"])
    writer.add_array("v.floats", [0.5, 1.5])
    writer.add_array("v.bools", [True, False])
    writer.add_tensor("x.weight", np.zeros((2, 32), dtype=np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    held = read_index(tmp_path / "all.gguf").metadata

    assert {key: list(value) if isinstance(value, Array) else value for key, value in held.items() if key.startswith("v.")} == {
        "v.u8": 200, "v.i8": -100, "v.u16": 60_000, "v.i16": -30_000, "v.u32": 4_000_000_000, "v.i32": -2_000_000_000,
        "v.u64": 1 << 63, "v.i64": -(1 << 62), "v.f32": 0.5, "v.f64": 0.1, "v.bool": True, "v.text": "中文 🚀",
        "v.texts": ["a", "", "ß"], "v.floats": [0.5, 1.5], "v.bools": [True, False],
    }  # fmt: skip
    assert held.typed["v.u16"].type is ValueType.UINT16


def test_what_people_ask_for_is_a_property(tiny_gguf: Path) -> None:
    index = read_index(tiny_gguf)

    assert index.architecture == "llama"
    assert index.file_type == "BF16"
    assert index.parameter_count == 1_278_208
    assert index.n_ctx_train == 512
    assert index.embedding_length == 256
    assert index.block_count == 2
    assert index.pooling_type is None
    assert index.chat_template is not None
    assert index.tensor("token_embd.weight") in index.tensors
    assert index.tensor("nothing") is None


def test_a_summary_shows_short_arrays_and_hides_long_ones(tiny_gguf: Path) -> None:
    summary = read_index(tiny_gguf).summary()

    assert summary["tokenizer.ggml.tokens"] is None
    assert summary["llama.block_count"] == 2


def test_an_array_is_decoded_when_an_item_is_asked_for(small_gguf: Path) -> None:
    array = read_index(small_gguf).metadata["a.texts"]

    assert len(array) == 3
    assert "_items" not in vars(array)
    assert array[2] == "zwölf"
    assert list(array.strings()) == [b"one", b"", "zwölf".encode()]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0, "F32"),
        (1, "F16"),
        (7, "Q8_0"),
        (15, "Q4_K_M"),
        (32, "BF16"),
        (1024 + 14, "Q4_K_S"),
        (999, "unknown"),
        (-1, "unknown"),
        (None, "unknown"),
    ],
)
def test_file_types_have_the_names_people_know(number: int | None, name: str) -> None:
    assert file_type_name(number) == name


def test_version_2_is_read(small_gguf: Path) -> None:
    raw = small_gguf.read_bytes()
    small_gguf.write_bytes(MAGIC + struct.pack("<I", 2) + raw[8:])

    assert read_index(small_gguf).version == 2


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "does not begin with GGUF"),
        (b"GGU", "does not begin with GGUF"),
        (b"hello, I am a text file\n" * 9, "does not begin with GGUF"),
        (header(version=1), "too old"),
        (header(version=4), "version 4"),
        (header(version=0x03000000), "big-endian"),
        (header(n_keys=1 << 63), "more than a file can hold"),
        (header(n_tensors=1 << 63), "more than a file can hold"),
        (header(n_keys=1, rest=struct.pack("<Q", 1 << 60) + bytes(99)), "claims to be"),
        (header(n_keys=1, rest=text(b"k") + struct.pack("<I", 99) + bytes(99)), "unknown value type 99"),
        (header(n_keys=1, rest=text(b"k") + struct.pack("<IIQ", 9, 9, 1) + bytes(99)), "array of arrays"),
        (header(n_keys=1, rest=text(b"k") + struct.pack("<IIQ", 9, 4, 1 << 62) + bytes(99)), "more than the file can hold"),
        (header(n_keys=1, rest=text(b"k") + struct.pack("<IIQ", 9, 8, 1 << 62) + bytes(99)), "more than the file can hold"),
        (header(n_keys=1, rest=text(b"k") + struct.pack("<IIQQ", 9, 8, 1, 1 << 63) + bytes(99)), "ends at byte"),
        (header(n_keys=2, rest=(text(b"k") + struct.pack("<II", 4, 4)) * 2), "twice"),
        (header(n_keys=1, rest=text(b"general.alignment") + struct.pack("<II", 4, 1) + bytes(99)), "general.alignment is 1"),
        (header(n_keys=1, rest=text(b"general.alignment") + struct.pack("<II", 4, 48) + bytes(99)), "general.alignment is 48"),
        (header(n_keys=1, rest=text(b"general.alignment") + struct.pack("<II", 4, 0) + bytes(99)), "general.alignment is 0"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQ", 0, 0) + bytes(99)), "0 dimensions"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<I", 9) + bytes(99)), "9 dimensions"),
        (header(n_tensors=1, rest=text(b"t" * 64) + bytes(99)), "claims to be"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQIQ", 1, 32, 5, 0) + bytes(99)), "unknown type 5"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQIQ", 1, 33, 8, 0) + bytes(99)), "whole number of Q8_0 blocks"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQIQ", 1, 0, 0, 0) + bytes(99)), "is empty"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQQIQ", 2, 1 << 62, 1 << 62, 0, 0) + bytes(99)), "ends at byte"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQIQ", 1, 4, 0, 7) + bytes(99)), "not aligned"),
        (header(n_tensors=1, rest=text(b"t") + struct.pack("<IQIQ", 1, 4, 0, 1 << 62) + bytes(99)), "ends at byte"),
        (header(n_tensors=2, rest=(text(b"t") + struct.pack("<IQIQ", 1, 4, 0, 0)) * 2 + bytes(99)), "twice"),
        (header(n_tensors=2, rest=b"".join(text(name) + struct.pack("<IQIQ", 1, 4, 0, 0) for name in (b"s", b"t")) + bytes(99)), "overlap"),
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    assert says in str(refused(tmp_path / "bad.gguf", raw))


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GGUFError, match="not a regular file"):
        read_index(tmp_path)
    with pytest.raises(GGUFError, match="No such file"):
        read_index(tmp_path / "none.gguf")


def test_a_file_cut_anywhere_is_refused(tmp_path: Path, small_gguf: Path) -> None:
    """The last tensor is the end of what must be there; only padding may be missing."""
    raw = small_gguf.read_bytes()
    index = read_index(small_gguf)
    end = max(tensor.offset + tensor.nbytes for tensor in index.tensors)

    for length in range(end):
        refused(tmp_path / "cut.gguf", raw[:length])


def test_a_real_header_cut_in_any_region_is_refused(tmp_path: Path, tiny_gguf: Path) -> None:
    raw, index = tiny_gguf.read_bytes(), read_index(tiny_gguf)
    ends = [tensor.offset + tensor.nbytes for tensor in index.tensors]
    lengths = [*range(0, index.data_offset, 197), *(end - 1 for end in ends), *(tensor.offset for tensor in index.tensors)]

    for length in lengths:
        refused(tmp_path / "cut.gguf", raw[:length])


def test_random_damage_is_read_or_refused_and_never_slow(tmp_path: Path, small_gguf: Path) -> None:
    raw = small_gguf.read_bytes()
    dice, path = random.Random(7), tmp_path / "damaged.gguf"
    started, outcomes = time.process_time(), {True: 0, False: 0}
    for _ in range(1500):
        damaged = bytearray(raw)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(4, len(raw))
            damaged[place] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        path.write_bytes(damaged)
        try:
            outcomes[read_index(path).summary() is not None] += 1
        except GGUFError:
            outcomes[False] += 1

    assert min(outcomes.values()) > 50
    assert time.process_time() - started < 20


def test_claims_cost_no_memory_that_the_file_does_not_have(tmp_path: Path) -> None:
    raw = header(n_keys=1, rest=text(b"k") + struct.pack("<IIQ", 9, 8, 100_000) + struct.pack("<QQ", 1 << 40, 0) + bytes(900_000))
    path = tmp_path / "claims.gguf"
    path.write_bytes(raw)

    tracemalloc.start()
    with pytest.raises(GGUFError):
        read_index(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 << 20


def test_a_header_without_end_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "endless.gguf"
    with path.open("wb") as file:
        file.write(header(n_keys=1, rest=text(b"k") + struct.pack("<IIQ", 9, 0, 1 << 30)))
        file.truncate(2 << 30)  # sparse

    with pytest.raises(GGUFError, match=f"larger than {MAX_HEADER_BYTES >> 20} MiB"):
        read_index(path)


def test_a_vocabulary_of_a_quarter_million_tokens_is_read_at_once(tmp_path: Path) -> None:
    """GGUFReader takes 20 seconds for such a header."""
    tokens = b"".join(text(b"token %d" % number) for number in range(262_144))
    rest = text(b"tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 262_144) + tokens
    path = tmp_path / "large.gguf"
    path.write_bytes(header(n_keys=1, rest=rest))

    started = time.process_time()
    index = read_index(path)
    elapsed = time.process_time() - started

    assert index.metadata["tokenizer.ggml.tokens"][262_143] == "token 262143"
    assert elapsed < 2


def test_tensors_are_at_the_places_where_their_bytes_are(small_gguf: Path) -> None:
    first, second = read_index(small_gguf).tensors

    assert (first.name, first.shape, first.type, first.nbytes, first.n_values) == ("x.weight", (8, 2), TensorType.F16, 32, 16)
    assert small_gguf.read_bytes()[first.offset : first.offset + first.nbytes] == bytes(range(32))
    assert second.offset == first.offset + 32
