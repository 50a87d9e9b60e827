"""Calls written as Python: literals only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.reply.pythonic import call_in, calls_in

literals = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,5}", fullmatch=True), literals, max_size=4))
def test_arguments_are_what_python_writes(arguments: dict[str, object]) -> None:
    text = f"tool({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"

    call = call_in(text)
    assert call is not None
    assert (call.name, call.arguments) == ("tool", arguments)
    assert [call, call] == calls_in(f"[{text}, {text}]")


def test_a_method_is_dropped_from_the_name_and_must_be_there() -> None:
    call = call_in('brave_search.call(query="x")', method="call")
    assert call is not None
    assert ("brave_search", {"query": "x"}) == (call.name, call.arguments)
    assert call_in('brave_search(query="x")', method="call") is None
    assert call_in('call(query="x")', method="call") is None


@pytest.mark.parametrize(
    "text",
    ["", "f", "f(", "f()x", "f(1)", "f(a=)", "f(a=b)", "f(a=g())", "f(a=1+1)", "f(a='x)", "f(a=[1)", "f(a=" + "[" * 500 + "]" * 500 + ")",
     "f(a=" + "9" * 5000 + ")", "f(a=1e999)", "print(1)", "import os", "f(a=1", "f(a=" + "(" * 9999],
)  # fmt: skip
def test_everything_else_is_no_call(text: str) -> None:
    assert call_in(text) is None
    assert calls_in(f"[{text}]") == []
