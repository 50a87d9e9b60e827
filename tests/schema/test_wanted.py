"""What can be asked for as format, and what cannot: one clear error each, before an engine hears of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, TypedDict

import pytest

from jupyter_ollama.errors import OptionError
from jupyter_ollama.schema import as_format


class Size(Enum):
    SMALL = "small"
    BIG = "big"


@dataclass
class City:
    name: str
    people: int
    size: Size
    tags: list[str]
    mayor: str | None = None


class Point(TypedDict):
    x: float
    y: float


class Pydantic:
    """What pydantic's models offer: a schema of their own."""

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        return {
            "$defs": {"Pet": {"properties": {"name": {"title": "Name", "type": "string"}}, "required": ["name"], "type": "object"}},
            "properties": {"pet": {"$ref": "#/$defs/Pet", "description": "the pet"}, "age": {"minimum": 0, "maximum": 3, "type": "integer"}},
            "required": ["pet", "age"], "title": "Owner", "type": "object",
        }  # fmt: skip


def definitions(wanted: Any) -> dict[str, Any]:
    made = json.loads(as_format(wanted))
    assert made["$ref"] == f"#/$defs/{next(iter(made['$defs']))}"
    return dict(made["$defs"])


def only(wanted: Any) -> Any:
    (schema,) = definitions(wanted).values()
    return schema


@pytest.mark.parametrize(("wanted", "made"), [(None, ""), ("", ""), ("json", "json")])
def test_nothing_is_free_and_json_is_json(wanted: Any, made: str) -> None:
    assert made == as_format(wanted)


@pytest.mark.parametrize(("wanted", "text"), [("xml", 'invalid format: "xml"; '), ("json5", '"json5"'), ([1, 2], "[1, 2]"), (3, "3")])
def test_anything_else_is_refused_in_ollamas_words_too(wanted: Any, text: str) -> None:
    with pytest.raises(OptionError, match="format cannot be") as caught:
        as_format(wanted)

    assert text in caught.value.text
    assert caught.value.text.endswith('expected "json" or a valid JSON Schema object')


def test_dataclasses_typed_dicts_and_types_are_schemas() -> None:
    assert {
        "type": "object", "required": ["name", "people", "size", "tags"], "additionalProperties": False,
        "properties": {
            "name": {"type": "string"}, "people": {"type": "integer"}, "size": {"enum": ["small", "big"]},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 0},
            "mayor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    } == only(City)  # fmt: skip
    assert ["x", "y"] == only(Point)["required"]
    assert {"type": "array", "items": {"type": "integer"}, "minItems": 0} == only(list[int])
    assert {"enum": ["a", "b"]} == only(Literal["a", "b"])


@pytest.mark.parametrize("model", [Pydantic, Pydantic()])
def test_a_model_with_a_schema_of_its_own_is_asked_for_it(model: Any) -> None:
    owner, pet = definitions(model).values()

    assert {"type": "integer", "minimum": 0, "maximum": 3} == owner["properties"]["age"]
    assert {"name": {"type": "string"}} == pet["properties"]


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({}, {"type": "value"}),
        ({"description": "anything", "x-note": 1}, {"type": "value"}),
        ({"type": "object"}, {"type": "object"}),
        ({"type": ["string", "null"], "minLength": 2}, {"anyOf": [{"type": "string", "minLength": 2}, {"type": "null"}]}),
        ({"type": ["string"]}, {"type": "string"}),
        ({"anyOf": [{"type": "string"}, {"type": "string"}]}, {"type": "string"}),
        ({"const": 3}, {"enum": [3]}),
        ({"enum": ["a", "b", "a"]}, {"enum": ["a", "b"]}),
        ({"minimum": 1, "exclusiveMaximum": 4, "type": "integer"}, {"type": "integer", "minimum": 1, "maximum": 3}),
        ({"exclusiveMinimum": 0.5, "type": "integer"}, {"type": "integer", "minimum": 1}),
        ({"minimum": 0.5, "maximum": 3, "type": "number"}, {"type": "number", "minimum": 0}),
        ({"minimum": -1, "type": "number"}, {"type": "number"}),
        ({"exclusiveMinimum": 0, "maximum": 10, "multipleOf": 5, "type": "integer"}, {"enum": [5, 10]}),
        ({"minimum": 0, "type": "integer"}, {"type": "integer", "minimum": 0}),
        ({"type": "string", "format": "email"}, {"type": "string"}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
        ({"type": "string", "maxLength": 3}, {"type": "string", "minLength": 0, "maxLength": 3}),
        ({"items": {"type": "null"}, "minItems": 2}, {"type": "array", "items": {"type": "null"}, "minItems": 2}),
        ({"type": "array", "maxItems": 0}, {"type": "array", "prefixItems": []}),
        ({"type": "array", "items": [{"type": "null"}]}, {"type": "array", "prefixItems": [{"type": "null"}]}),
        (
            {"allOf": [{"properties": {"a": {"type": "null"}}, "required": ["a"]}, {"properties": {"b": True}}]},
            {"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "value"}}, "required": ["a"],
             "additionalProperties": False},
        ),
        (
            {"required": ["a"]},
            {"type": "object", "properties": {"a": {"type": "value"}}, "required": ["a"], "additionalProperties": False},
        ),
        (
            {"additionalProperties": {"type": "null"}},
            {"type": "object", "properties": {}, "required": [], "additionalProperties": {"type": "null"}},
        ),
    ],
)  # fmt: skip
def test_a_schema_becomes_plain(schema: Any, plain: Any) -> None:
    assert plain == only(schema)


def test_references_get_names_that_no_property_has() -> None:
    tree = {"$defs": {"my node/x": {"type": "array", "items": {"$ref": "#/$defs/my%20node~1x"}}}, "$ref": "#/$defs/my%20node~1x", "title": "def"}
    first, node = definitions(tree).items()

    assert (("deff0", {"$ref": "#/$defs/deff1"}), "deff1") == (first, node[0])
    assert {"type": "array", "items": {"$ref": "#/$defs/deff1"}, "minItems": 0} == node[1]


NESTED: Any = {"type": "null"}
for _ in range(200):
    NESTED = {"type": "array", "items": NESTED}
CYCLE: dict[str, Any] = {"type": "array"}
CYCLE["items"] = CYCLE

BAD: dict[str, tuple[Any, str]] = {
    "a reference to itself": ({"$ref": "#"}, "leads back to itself"),
    "references in a circle": ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, "leads back to itself"),
    "a choice of itself": ({"anyOf": [{"type": "null"}, {"$ref": "#"}]}, "leads back to itself"),
    "an object that holds itself": ({"properties": {"child": {"$ref": "#"}}, "required": ["child"]}, "never end"),
    "a list that holds itself": ({"items": {"$ref": "#"}, "minItems": 1}, "never end"),
    "a schema that contains itself": (CYCLE, "contains itself"),
    "nested too deep": (NESTED, "nested deeper"),
    "nested deeper than Python": (json.loads('{"items":' * 900 + "{}" + "}" * 900), "nested deeper"),
    "too long": ({"enum": ["x" * 300_000]}, "too long"),
    "too many values": ({"enum": list(range(2000))}, "2,000 values"),
    "too many properties": ({"properties": {f"p{number}": True for number in range(500)}}, "500 properties"),
    "too many parts": ({"anyOf": [{"properties": {f"p{n}{m}": {"type": "null"} for n in range(190)}} for m in range(30)]}, "5,000 parts"),
    "too many shapes": ({"anyOf": [{"properties": {f"p{number}": True}} for number in range(40)]}, "different things are possible"),
    "a bomb of references": (
        {"$defs": {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"items": {"$ref": f"#/$defs/d{n + 1}"}}]} for n in range(40)}
         | {"d40": {"type": "array"}}, "$ref": "#/$defs/d0"}, "different things are possible",
    ),
    "readings that multiply": (
        {"$defs": {f"d{n}": {"anyOf": [{"prefixItems": [{"$ref": f"#/$defs/d{n + 1}"}, {"const": m}]} for m in range(2)]} for n in range(20)}
         | {"d20": {"type": "null"}}, "$ref": "#/$defs/d0"}, "begin alike",
    ),
    "an endless choice of things that begin alike": (
        {"anyOf": [{"type": "null"}, {"properties": {"a": {"$ref": "#"}, "b": True}, "required": ["a", "b"]},
                   {"properties": {"a": {"$ref": "#"}, "c": True}, "required": ["a", "c"]}]}, "begin alike",
    ),
    "names that are anything or something else": (
        {"properties": {"child": {"$ref": "#"}}, "additionalProperties": {"$ref": "#"}}, "begin alike",
    ),
    "a million items": ({"items": {}, "maxItems": 1_000_000}, "maxItems 1,000,000"),
    "a million letters": ({"type": "string", "minLength": 1_000_000}, "minLength 1,000,000"),
    "less than nothing": ({"items": {}, "minItems": -1}, "minItems is a whole number"),
    "half an item": ({"items": {}, "minItems": 1.5}, "minItems is a whole number"),
    "more than at most": ({"items": {}, "minItems": 3, "maxItems": 2}, "more than maxItems"),
    "nothing": (False, "format cannot be"),
    "nothing within": ({"properties": {"a": False}}, "nothing can follow false at #/properties/a"),
    "an unknown type": ({"type": "strnig"}, "no type 'strnig'"),
    "a type of another type": ({"properties": {"a": {"type": {}}}}, "at #/properties/a"),
    "not a schema": ({"items": "string"}, "is no schema at #/items"),
    "no values": ({"enum": []}, "needs a list of values"),
    "no choices": ({"anyOf": []}, "anyOf needs a list"),
    "another file": ({"$ref": "other.json#/a"}, "leads out of it"),
    "the network": ({"$ref": "https://example.com/a.json"}, "leads out of it"),
    "nowhere": ({"$ref": "#/$defs/gone"}, "leads nowhere"),
    "a negation": ({"not": {"type": "string"}}, "'not'"),
    "a condition": ({"if": {}, "then": {}}, "'if'"),
    "names by pattern": ({"patternProperties": {"^a": {}}}, "'patternProperties'"),
    "a contradiction": ({"allOf": [{"type": "string"}, {"type": "null"}]}, "different things as 'type'"),
    "no number": ({"type": "integer", "minimum": 3, "maximum": 2}, "no number is from"),
    "not JSON": ({"enum": [float("nan")]}, "is no JSON"),
    "no type of Python's": (complex, "JSON has no form for complex"),
    "a broken pattern": ({"type": "string", "pattern": "^(a"}, "not closed"),
    "a pattern that never ends": ({"type": "string", "pattern": "(a*)*"}, "may be empty is repeated"),
    "a pattern of millions": ({"type": "string", "pattern": "^((a{1000}){1000}){1000}$"}, "1,000,000 characters"),
    "a pattern that looks around": ({"type": "string", "pattern": "^(?=a)b$"}, "looks around"),
    "a star": ({"properties": {"*": True}}, "cannot be called"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_schema_that_cannot_be_used_is_one_clear_error(name: str) -> None:
    schema, says = BAD[name]
    with pytest.raises(OptionError) as caught:
        as_format(schema)

    assert says in str(caught.value)
    assert ("format", True) == (caught.value.option, bool(caught.value.hint))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"type": "null"}, {"properties": {"op": {"const": "+"}, "a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["op", "a", "b"]},
                   {"properties": {"op": {"const": "-"}, "a": {"$ref": "#"}}, "required": ["op", "a"]}]},
        {"anyOf": [{"type": "null"}, {"properties": {"plus": {"items": {"$ref": "#"}}}, "required": ["plus"]},
                   {"properties": {"minus": {"items": {"$ref": "#"}}}, "required": ["minus"]}]},
        {"anyOf": [{"type": "string"}, {"items": {"$ref": "#"}}, {"additionalProperties": {"$ref": "#"}}]},
        {"items": {"anyOf": [{"properties": {"name": {}, "lives": {}}}, {"properties": {"name": {}, "breed": {}}}]}},
    ],
)  # fmt: skip
def test_choices_that_can_be_told_apart_may_hold_themselves(schema: Any) -> None:
    assert as_format(schema)
