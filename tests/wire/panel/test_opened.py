"""Models opened, Modelfiles checked, folders and texts of any kind as the panel reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.wire.panel import editor
from jupyter_ollama.wire.panel.plain import plain, text

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(max_size=4) | st.just(object()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3) | st.tuples(inner),
    max_leaves=10,
)


@given(ANY)
def test_anything_becomes_json_that_a_message_can_carry(value: Any) -> None:
    json.dumps(plain(value), allow_nan=False, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(("value", "written"), [(1 << 53, "9007199254740992"), (-(1 << 60), str(-(1 << 60))), ((1 << 53) - 1, (1 << 53) - 1), (True, True)])
def test_whole_numbers_that_javascript_cannot_hold_are_texts(value: int, written: Any) -> None:
    assert plain(value) == written


@pytest.mark.parametrize(("given", "carried"), [("a", "a"), ("ä😀", "ä😀"), ("a\ud83d", "a\ufffd"), ("\udcff.txt", "\ufffd.txt"), ("\ud83d\ude00", "😀")])
def test_halves_of_pairs_are_replaced_and_whole_pairs_are_characters(given: str, carried: str) -> None:
    assert text(given) == carried


@given(st.text(st.sampled_from("aä😀\n")), st.integers(0, 30))
def test_columns_go_to_utf_16_and_back(line: str, column: int) -> None:
    column = min(column, len(line))
    units = editor.units(line, column)

    assert units == len(line[:column].encode("utf-16-le")) // 2
    assert editor.characters(line, units) == column
    assert editor.characters(line, 10**9) == len(line)
    assert editor.characters(line, -1) == 0
