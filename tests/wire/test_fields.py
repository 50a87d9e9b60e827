"""Requests are read as Go's decoder reads them, and bounded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama.errors import BadRequest
from jupyter_ollama.wire.encoding import dumps, line
from jupyter_ollama.wire.fields import MAX_DEPTH, Fields, loads


def test_names_are_found_in_any_case_and_null_is_absent() -> None:
    fields = Fields.of(b'{"Model":"a","STREAM":false,"keep_alive":null,"extra":{}}', "X")

    assert (fields.text("model"), fields.flag("stream"), fields.any("keep_alive"), "keep_alive" in fields) == ("a", False, None, False)
    assert Fields.of(b"null", "X").text("model") == ""


@pytest.mark.parametrize(
    ("body", "reader", "text"),
    [
        (b'{"a":1}', "text", "json: cannot unmarshal number into Go struct field X.a of type string"),
        (b'{"a":"x"}', "flag", "json: cannot unmarshal string into Go struct field X.a of type bool"),
        (b'{"a":true}', "count", "json: cannot unmarshal bool into Go struct field X.a of type int"),
        (b'{"a":1.5}', "count", "json: cannot unmarshal number 1.5 into Go struct field X.a of type int"),
        (b'{"a":{}}', "items", "json: cannot unmarshal object into Go struct field X.a of type []interface {}"),
        (b'{"a":[1]}', "mapping", "json: cannot unmarshal array into Go struct field X.a of type map[string]interface {}"),
        (b'{"a":["x",1]}', "texts", "json: cannot unmarshal number into Go struct field X.a of type string"),
        (b'{"a":[true]}', "counts", "json: cannot unmarshal bool into Go struct field X.a of type int"),
        (b"[]", "text", "json: cannot unmarshal array into Go value of type api.X"),
        (b"", "text", "missing request body"),
        (b"  ", "text", "missing request body"),
    ],
)
def test_a_wrong_type_is_named_in_gos_words(body: bytes, reader: str, text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        getattr(Fields.of(body, "X"), reader)("a")

    assert caught.value.text == text


def test_depth_is_bounded_exactly() -> None:
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 1_000_000):
        with pytest.raises(BadRequest):
            loads(b"[" * depth + b"]" * depth)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_bad_request(body: bytes) -> None:
    try:
        loads(body)
    except BadRequest as error:
        assert error.text


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@settings(max_examples=30)
@given(JSON)
def test_what_is_written_reads_back(value: object) -> None:
    assert json.loads(dumps(value)) == value
    assert line(value).count(b"\n") == 1


def test_half_a_character_becomes_a_replacement() -> None:
    assert json.loads(dumps("a\ud800b")) == "a\ufffdb"
