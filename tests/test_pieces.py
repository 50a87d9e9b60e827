"""Texts with their parts named."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.pieces import MOST, Piece, covering, joined, of_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_the_parts_of_json_are_all_of_it_and_strings_are_strings(value: Any, indent: int | None, ascii_only: bool) -> None:
    source = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    found = of_json(source)

    assert "".join(text for _, text in found) == source
    assert all(json.loads(text) is not None for style, text in found if style == "string")


def test_keys_values_and_marks_of_json_are_told_apart() -> None:
    assert [tuple(piece) for piece in of_json('{"a\\"": [-1.5e3, true, "b: c"]}') if piece.text.strip()] == [
        ("operator", "{"), ("variable", '"a\\""'), ("operator", ":"), ("operator", "["), ("number", "-1.5e3"), ("operator", ","),
        ("keyword", "true"), ("operator", ","), ("string", '"b: c"'), ("operator", "]}"),
    ]  # fmt: skip


@given(st.text())
def test_what_is_no_json_has_parts_all_the_same(source: str) -> None:
    assert "".join(text for _, text in of_json(source)) == source


def test_neighbours_of_one_style_are_one_part_and_empty_ones_none() -> None:
    assert joined([Piece("a", "x"), Piece("b", ""), Piece("a", "y"), Piece("b", "z")]) == (Piece("a", "xy"), Piece("b", "z"))


def test_behind_very_many_parts_all_is_plain() -> None:
    source = "1 " * (MOST + 10)

    found = of_json(source)

    assert "".join(text for _, text in found) == source
    assert len([style for style, _ in found if style == "number"]) == MOST
    assert covering("", ()) == ()
