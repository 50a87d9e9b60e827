"""JSON within an answer: where it ends, and what is not taken for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.reply.json_text import MAX_DEPTH, parse, take_nested
from jupyter_ollama.reply.tape import Tape


def taken(*pieces: str) -> tuple[str, bool, str]:
    """What is taken from the beginning, whether it is whole, and what stays unread."""
    tape = Tape()
    reading = take_nested(tape)
    try:
        for piece in pieces:
            tape.add(piece)
            next(reading)
        tape.ended = True
        next(reading)
    except StopIteration as finished:
        text, whole = finished.value
        return text, whole, tape.text[tape.at :]
    raise AssertionError("more was wanted after the end")


@pytest.mark.parametrize(
    ("text", "end", "whole"),
    [
        ("{}x", 2, True),
        ('{"a": [1, {"b": "}"}]} and more', 22, True),
        ('["\\"]", "\\\\"]]', 13, True),
        ('{"a', 3, False),
        ('{"a\\', 4, False),
        ("{'a': 1}", 1, False),
        ("[1, <b>]", 4, False),
        ("[" * (MAX_DEPTH + 3), MAX_DEPTH + 1, False),
        ("]", 0, False),
    ],
)
def test_an_object_or_list_ends_where_its_brackets_do(text: str, end: int, whole: bool) -> None:
    for pieces in ([text], list(text)):
        found, is_whole, _ = taken(*pieces)
        assert (text[:end], whole) == (found, is_whole)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.integers(0, 100), st.booleans())
def test_every_json_text_is_taken_and_nothing_behind_it(value: object, cut: int, ascii_only: bool) -> None:
    text = json.dumps([value], ensure_ascii=ascii_only)
    cut = min(cut, len(text) - 1)

    assert (text, True, "]}") == taken(text[:cut], text[cut:] + "]}")
    assert parse(text) == [value]


@pytest.mark.parametrize("text", ["", "nul", "NaN", "[Infinity]", "1e999", "[-1e999]", "9" * 5000, "[" * 80 + "]" * 80, "[" * 99_999, "{'a': 1}"])
def test_what_is_no_json_or_too_much_of_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_texts_may_hold_raw_newlines_and_lone_surrogates_become_replacements() -> None:
    assert {"a": "1\n2\t3"} == parse('{"a": "1\n2\t3"}')
    assert {"\ufffd": ["\ufffd"]} == parse('{"\\ud800": ["\\udfff"]}')
