"""JSON bytes as Go writes them: digests in the store depend on every one."""

from __future__ import annotations

import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.gojson import Struct, encode, number, text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1"), (0.6, "0.6"), (0.0, "0"), (-0.0, "-0"), (-2.5, "-2.5"), (100.0, "100"), (123456.789, "123456.789"),
        (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (3e300, "3e+300"),
    ],
)  # fmt: skip
def test_floats_have_gos_shortest_form(value: float, written: str) -> None:
    assert written == number(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_float_reads_back_exactly(value: float) -> None:
    assert value == float(number(value))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_json_cannot_hold_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no JSON form"):
        encode({"temperature": value})


def test_map_keys_are_sorted_and_struct_keys_are_not() -> None:
    assert b'{"a":1,"b":[true,null]}\n' == encode({"b": [True, None], "a": 1})
    assert b'{"b":1,"a":2}\n' == encode(Struct(b=1, a=2))


def test_html_and_line_separators_are_escaped_and_other_text_is_not() -> None:
    assert r'"\u003c|x|\u003e \u0026 \u2028é漢"' == text("<|x|> & \u2028é漢")
    assert '"\ufffd"' == text("\ud800")


@pytest.mark.parametrize(
    ("value", "digest"),
    [
        ({"stop": ["USER:", "ASSISTANT:"], "temperature": 1.0, "top_k": 10}, "1d0ad712"),
        ({"stop": ["USER:", "ASSISTANT:"], "temperature": 0.6, "top_k": 10, "top_p": 0.7}, "e29a7b3c"),
    ],
)
def test_parameters_hash_to_ollamas_known_digests(value: dict[str, object], digest: str) -> None:
    """Pitfalls 29 and 30: the digests are those of Ollama's own test-suite."""
    assert hashlib.sha256(encode(value)).hexdigest().startswith(digest)
