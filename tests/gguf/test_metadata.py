"""Metadata and tensors looked at in parts: arrays of which only what is asked for is decoded, searches, and how they show themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.gguf import Array, Entry, Metadata, Tensors, TensorType, ValueType, header_bytes, read_index
from jupyter_ollama.gguf.values import MARK_EVERY, f32, f32s, flag, i32s, text, texts

WORDS = [f"word {number}" for number in range(3 * MARK_EVERY + 7)]


@given(st.lists(st.text(max_size=5), max_size=700), st.slices(800))
def test_a_slice_of_strings_is_what_a_list_gives(items: list[str], part: slice) -> None:
    array = Array.of(ValueType.STRING, items)
    held = [item.encode("utf-8", "replace").decode("utf-8", "replace") for item in items]

    assert array[part] == held[part]
    assert list(array) == held


@given(st.lists(st.integers(-5, 5), max_size=50), st.slices(60))
def test_a_slice_of_numbers_is_what_a_list_gives(items: list[int], part: slice) -> None:
    array = Array.of(ValueType.INT32, items)

    assert array[part] == items[part]
    assert list(array) == items


def test_single_items_count_from_both_ends_and_end_with_an_error() -> None:
    array = Array.of(ValueType.STRING, WORDS)

    assert (array[0], array[-1], array[MARK_EVERY], array[len(WORDS) - 1]) == (WORDS[0], WORDS[-1], WORDS[MARK_EVERY], WORDS[-1])
    for index in (len(WORDS), -len(WORDS) - 1):
        with pytest.raises(IndexError):
            array[index]


def test_items_are_found_by_their_text_in_any_case() -> None:
    array = Array.of(ValueType.STRING, [*WORDS, "ÄRGER", b"\xff"])

    assert list(array.find("WORD 77")) == [77, *range(770, 775)]
    assert list(array.find("ärger")) == [len(WORDS)]
    assert list(array.find("nothing like it")) == []
    assert len(array.find("")) == len(array)
    assert list(Array.of(ValueType.INT32, [1, 21, 3]).find("1")) == [0, 1]


def test_numbers_are_told_with_the_digits_that_matter() -> None:
    assert Array.of(ValueType.FLOAT32, [0.1, 2, 1e-5, float("inf")]).texts() == ["0.1", "2.0", "1e-05", "inf"]
    assert Array.of(ValueType.BOOL, [True, False]).texts() == ["true", "false"]
    assert Array.of(ValueType.INT8, [-1, 2]).texts(1) == ["2"]


def metadata() -> Metadata:
    return Metadata({
        "general.architecture": text("llama"), "a.rate": f32(0.1), "a.flag": flag(False), "a.words": texts(WORDS), "a.none": i32s([]),
        "a.long": text("x" * 1000), "a.few": f32s([0.25]), "a.evil": text("<b>\x1b[2J\n\u202e"),
    })  # fmt: skip


def test_entries_are_told_a_page_at_a_time() -> None:
    held = metadata()

    assert held.entries(1, 3) == [
        Entry("a.rate", "float32", "0.1"), Entry("a.flag", "bool", "false"),
        Entry("a.words", "array of string", "[word 0, word 1, word 2, word 3, word 4, word 5, word 6, word 7, …]", len(WORDS)),
    ]  # fmt: skip
    assert held.entries(4, 1) == [Entry("a.none", "array of int32", "[]", 0)]
    assert held.entries(5, 1, characters=10) == [Entry("a.long", "string", "xxxxxxxxx…")]
    assert held.entries(100, 5) == []


def test_keys_and_values_are_found_arrays_by_their_keys_only() -> None:
    held = metadata()

    assert list(held.find("FLAG")) == ["a.flag"]
    assert list(held.find("llama")) == ["general.architecture"]
    assert list(held.find("word")) == ["a.words"]
    assert list(held.find("word 5")) == []
    assert held.find("") is held
    assert list(held.arrays) == ["a.words", "a.none", "a.few"]


def test_metadata_and_tensors_show_their_first_rows_as_tables(tmp_path: Path) -> None:
    path = tmp_path / "many.gguf"
    keys = {f"key.{number:03d}": text("value") for number in range(300)} | {"general.architecture": text("<i>")}
    header, offsets = header_bytes(keys, [(f"blk.{number}.weight", (32, 2), TensorType.F32) for number in range(150)])
    path.write_bytes(header.ljust(offsets[-1] + 256, b"\0"))
    index = read_index(path)

    for held, first, missing in ((index.metadata, "key.000", "101 more"), (Tensors(index.tensors), "blk.0.weight", "50 more")):
        shown = held._repr_mimebundle_()
        assert first in shown["text/plain"]
        assert missing in shown["text/plain"]
        assert missing in shown["text/html"]
        assert "<i>" not in shown["text/html"].partition("</style>")[2]
        assert len(shown["text/html"]) < 60_000


def test_tensors_are_found_by_name_or_type() -> None:
    from jupyter_ollama.gguf import TensorInfo

    held = Tensors(TensorInfo(name, (32,), kind, 0, 128) for name, kind in (("a.Q", TensorType.F32), ("b", TensorType.Q4_K)))

    assert [one.name for one in held.find(".q")] == ["a.Q"]
    assert [one.name for one in held.find("q4_k")] == ["b"]
    assert held.find("") is held
    assert isinstance(held[:1], Tensors)
    assert (len(held), held[1].name, repr(held)) == (2, "b", "<2 tensors>")
