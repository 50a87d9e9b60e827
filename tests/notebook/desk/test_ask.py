"""Arguments of a request are read checked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.errors import BadRequest
from jupyter_ollama.notebook.desk import Ask

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
READERS = {"text": str, "flag": bool, "number": int, "texts": list, "object": dict, "objects": list}


def ask(**args: Any) -> Ask:
    return Ask(None, "open", args)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reader", "value"),
    [("text", "mario"), ("flag", False), ("number", 7), ("texts", ["a", ""]), ("object", {"x": 1}), ("objects", [{}, {"x": None}])],
)
def test_each_reader_gives_an_argument_of_its_kind(reader: str, value: Any) -> None:
    assert getattr(ask(it=value), reader)("it") == value


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("args", [{}, {"it": None}])
def test_what_is_missing_or_null_is_the_default_or_refused(reader: str, args: dict[str, Any]) -> None:
    default = READERS[reader]()

    assert getattr(ask(**args), reader)("it", default) is default
    with pytest.raises(BadRequest) as refused:
        getattr(ask(**args), reader)("it")
    assert str(refused.value) == "open: it is missing."


@pytest.mark.parametrize(
    ("reader", "value", "said"),
    [
        ("text", 3, "open: it is a text, not a whole number."),
        ("number", True, "open: it is a whole number, not true or false."),
        ("number", 2.5, "open: it is a whole number, not a number."),
        ("texts", ["a", 3], "open: it is a list in which each item is a text, not a whole number."),
        ("objects", [None], "open: it is a list in which each item is an object, not null."),
    ],
)
def test_what_is_of_another_kind_is_refused_with_a_sentence(reader: str, value: Any, said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        getattr(ask(it=value), reader)("it")

    assert str(refused.value) == said


def test_numbers_beyond_their_range_are_brought_into_it() -> None:
    assert [ask(n=value).number("n", least=1, most=100) for value in (-5, 0, 3.0, 10**30)] == [1, 1, 3, 100]


@given(value=JSON, reader=st.sampled_from(sorted(READERS)))
def test_any_json_is_read_or_refused(value: Any, reader: str) -> None:
    try:
        held = getattr(ask(it=value), reader)("it")
    except BadRequest:
        return
    assert isinstance(held, READERS[reader])
