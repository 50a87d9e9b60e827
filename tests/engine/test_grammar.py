"""Answers that follow a format: a model that says anything says only what fits, and what it says is what the schema describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, Form, GenerationEnd
from jupyter_ollama.errors import EngineError, OptionError
from jupyter_ollama.schema import as_format

from . import tiny
from .talk import running

WILD = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "num_predict": 600}

SCHEMAS: dict[str, Any] = {
    "an object": {
        "type": "object", "required": ["name", "age", "tags"],
        "properties": {
            "name": {"type": "string", "maxLength": 8}, "age": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "boolean"}},
        },
    },
    "optional properties": {"properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}}, "required": ["b"]},
    "names that need care": {
        "properties": {name: {"enum": [name]} for name in ('a"b\\', "", "é😀", "new\nline", "root", "space", "string", "a-b", "a_b", "a b")},
        "required": ['a"b\\', "", "é😀", "new\nline", "root", "space", "string", "a-b", "a_b", "a b"],
    },
    "values of all kinds": {"enum": [1, -2.5, True, None, "x\ty", {"a": [1, {"b": "c"}]}, []]},
    "a list that holds lists": {"items": {"$ref": "#"}, "maxItems": 3},
    "a tree": {
        "$defs": {"My_Node": {
            "properties": {"v": {"enum": [0, 1]}, "next": {"anyOf": [{"$ref": "#/$defs/My_Node"}, {"type": "null"}]}}, "required": ["v", "next"],
        }}, "$ref": "#/$defs/My_Node",
    },
    "a tree of two kinds": {
        "$defs": {
            "leaf": {"properties": {"kind": {"const": "leaf"}}, "required": ["kind"], "additionalProperties": False},
            "pair": {"properties": {"kind": {"const": "pair"}, "left": {"$ref": "#/$defs/any"}, "right": {"$ref": "#/$defs/any"}},
                     "required": ["kind", "left", "right"], "additionalProperties": False},
            "any": {"oneOf": [{"$ref": "#/$defs/leaf"}, {"$ref": "#/$defs/pair"}]},
        }, "$ref": "#/$defs/any",
    },
    "a type or nothing": {"type": ["string", "null"], "minLength": 1, "maxLength": 3},
    "a count of items": {"items": {"type": "boolean"}, "minItems": 2, "maxItems": 4},
    "a tuple": {"prefixItems": [{"type": "integer"}, {"type": "string", "format": "date"}], "minItems": 2, "maxItems": 2},
    "a mapping": {"additionalProperties": {"type": "number"}},
    "a range": {"type": "integer", "minimum": 1, "maximum": 5},
    "a long range": {"type": "integer", "exclusiveMinimum": -12, "maximum": 1234},
    "no negative numbers": {"type": "array", "items": {"type": "number", "minimum": 0}, "maxItems": 3},
    "a pattern": {"type": "string", "pattern": '^\\d{3}-[a-c"]+$'},
    "a pattern in the middle": {"type": "string", "pattern": "[0-9]c?"},
    "parts of an object": {"allOf": [{"properties": {"a": {"type": "null"}}, "required": ["a"]}, {"properties": {"b": {"type": "null"}}}]},
    "a uuid": {"type": "string", "format": "uuid"},
    "an empty list": {"type": "array", "maxItems": 0},
    "anything": {},
    "any object": {"type": "object"},
}  # fmt: skip


@pytest.fixture(scope="module")
def wild(models: Path) -> Iterator[Engine]:
    """Says any byte, but rather those that JSON has."""
    row = dict.fromkeys(range(256), 0.0) | dict.fromkeys(b'"}],:{[ 0123456789-.abc', 4.0) | {tiny.EOS: 5.0}
    with running(tiny.markov(models / "wild.gguf", dict.fromkeys([tiny.BOS, *range(256)], row), tiny.Shape(n_ctx=640))) as engine:
        yield engine


def formed(engine: Engine, form: Form, **options: Any) -> tuple[str, GenerationEnd]:
    generation = engine.generate([tiny.BOS], options, CancelToken(), form=form)
    said = b""
    try:
        while True:
            said += next(generation).piece
    except StopIteration as stop:
        return said.decode(), stop.value


@pytest.mark.parametrize("name", SCHEMAS)
def test_whatever_the_model_says_is_what_the_schema_describes(wild: Engine, name: str) -> None:
    form, finished = Form(as_format(SCHEMAS[name])), 0
    for seed in range(4):
        said, end = formed(wild, form, **WILD, seed=seed)
        if end.reason == "stop":
            finished += 1
            jsonschema.validate(json.loads(said), SCHEMAS[name], format_checker=jsonschema.FormatChecker())
        else:
            assert said.lstrip()[:1] in '{["-0123456789tfn'
    assert finished


def test_json_is_an_object(wild: Engine) -> None:
    for seed in range(4):
        said, end = formed(wild, Form("json"), **WILD, seed=seed)
        assert end.reason == "length" or isinstance(json.loads(said), dict)


@pytest.mark.parametrize("options", [{"temperature": 0}, {"mirostat": 2}, {"repeat_penalty": 1.5, "penalize_newline": False}, {"tfs_z": 0.5}])
def test_options_apply_to_what_fits(wild: Engine, options: dict[str, Any]) -> None:
    said, _ = formed(wild, Form(as_format(SCHEMAS["a range"])), num_predict=10, seed=1, **options)

    assert json.loads(said) in (1, 2, 3, 4, 5)


def test_one_seed_gives_the_same_answer_again(wild: Engine) -> None:
    first, again, other = (formed(wild, Form(as_format(SCHEMAS["an object"])), **WILD, seed=seed)[0] for seed in (3, 3, 4))

    assert first == again != other


def test_a_model_that_cannot_spell_what_fits_says_so_and_lives_on(models: Path) -> None:
    """Its only tokens are bytes and words; none of them begins a character from beyond what it was given."""
    row = dict.fromkeys(range(128), 1.0)

    def without_high_bytes(metadata: dict[str, Any], _: Any) -> None:
        for byte in range(128, 256):
            metadata["tokenizer.ggml.tokens"][byte] = f"<high{byte}>"

    path = tiny.markov(models / "ascii.gguf", dict.fromkeys([tiny.BOS, *range(128)], row), edit=without_high_bytes)
    with running(path) as engine:
        with pytest.raises(EngineError, match="No token of the model fits"):
            formed(engine, Form(as_format({"const": "日本"})), **WILD)
        assert formed(engine, Form(as_format({"const": "ab"})), **WILD)[0].strip() == '"ab"'


HOSTILE = {
    "no JSON": "{",
    "no definitions": "{}",
    "a missing definition": '{"$ref": "#/$defs/a", "$defs": {}}',
    "a definition that is no schema": '{"$ref": "#/$defs/a", "$defs": {"a": 3}}',
    "left recursion": '{"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}}}',
    "ever more readings": '{"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}}}',
    "a pattern that cannot be read": '{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string", "pattern": "(a*)*"}}}',
    "a count beyond llama.cpp's": '{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string", "minLength": 1000000}}}',
    "a list beyond llama.cpp's": '{"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"type": "null"}, "minItems": 0, "maxItems": 3000}}}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_format_that_was_not_checked_is_an_error_and_the_process_lives(wild: Engine, name: str) -> None:
    """What comes over the border is checked again: another program of the same user may write there."""
    with pytest.raises(OptionError) as caught:
        formed(wild, Form(HOSTILE[name]), num_predict=3)

    assert caught.value.option == "format"
    assert formed(wild, Form(), num_predict=1, temperature=0)[1].eval_count == 1
