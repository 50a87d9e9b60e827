"""A function is described by its signature and docstring: types, defaults, choices, lists, dataclasses."""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NewType, Optional, TypedDict

import pytest

from jupyter_ollama.functions import describe, schema_of

City = NewType("City", str)


class Unit(enum.Enum):
    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Place:
    """A place.

    Args:
        name: What it is called.
    """

    name: str
    at: tuple[float, float] = (0.0, 0.0)
    tags: list[str] = field(default_factory=list)
    height: Annotated[int, "Metres."] = 0
    hidden: int = field(default=0, init=False)


class Point(NamedTuple):
    x: int
    y: int = 0


class Movie(TypedDict, total=False):
    title: str


@dataclass
class Tree:
    children: list[Tree]


class At:
    """Like annotated_types' bounds."""

    def __init__(self, **limits: Any) -> None:
        self.__dict__.update(limits)


class Told:
    """Like pydantic's Field or typing_extensions' Doc."""

    description = "Said elsewhere."


class Own:
    """Like a pydantic model."""

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        return {"type": "object", "properties": {"a": {"type": "integer"}}, "title": "Own"}

    @classmethod
    def model_validate(cls, value: Any) -> Own:
        return cls()


STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, STRING),
        (int, INTEGER),
        (float, NUMBER),
        (bool, {"type": "boolean"}),
        (None, {"type": "null"}),
        (Any, {}),
        (date, {"type": "string", "format": "date"}),
        (Path, STRING),
        (City, STRING),
        (list, {"type": "array"}),
        (list[int], {"type": "array", "items": INTEGER}),
        (Sequence[str], {"type": "array", "items": STRING}),
        (set[int], {"type": "array", "uniqueItems": True, "items": INTEGER}),
        (tuple[int, ...], {"type": "array", "items": INTEGER}),
        (tuple[int, str], {"type": "array", "prefixItems": [INTEGER, STRING], "minItems": 2, "maxItems": 2}),
        (dict, {"type": "object"}),
        (dict[str, int], {"type": "object", "additionalProperties": INTEGER}),
        (Mapping[str, list[float]], {"type": "object", "additionalProperties": {"type": "array", "items": NUMBER}}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", 1], {"enum": ["a", 1]}),
        (Literal[Unit.CELSIUS], {"type": "string", "enum": ["celsius"]}),
        (Unit, {"type": "string", "enum": ["celsius", "fahrenheit"]}),
        (Level, {"type": "integer", "enum": [1, 2]}),
        (int | str, {"type": ["integer", "string"]}),
        (Optional[str], {"type": ["string", "null"]}),  # noqa: UP045 (as many people write it)
        (list[int] | None, {"anyOf": [{"type": "array", "items": INTEGER}, {"type": "null"}]}),
        (int | Any, {}),
        (Annotated[int, "A number."], INTEGER),
        (Annotated[int, At(ge=1, lt=5)], {"type": "integer", "minimum": 1, "exclusiveMaximum": 5}),
        (Annotated[str, At(metadata=[At(max_length=3)])], {"type": "string", "maxLength": 3}),
        (Annotated[list[int], At(min_length=2)], {"type": "array", "items": INTEGER, "minItems": 2}),
        (Point, {"type": "object", "properties": {"x": INTEGER, "y": {**INTEGER, "default": 0}}, "required": ["x"]}),
        (Movie, {"type": "object", "properties": {"title": STRING}, "required": []}),
        (Own, {"type": "object", "properties": {"a": INTEGER}, "title": "Own"}),
    ],
)
def test_a_type_has_its_schema(kind: Any, schema: dict[str, Any]) -> None:
    assert schema_of(kind) == schema


def test_a_dataclass_is_an_object_with_what_its_docstring_says() -> None:
    assert schema_of(Place) == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "What it is called."},
            "at": {"type": "array", "prefixItems": [NUMBER, NUMBER], "minItems": 2, "maxItems": 2, "default": (0.0, 0.0)},
            "tags": {"type": "array", "items": STRING},
            "height": {"type": "integer", "description": "Metres.", "default": 0},
        },
        "required": ["name"],
    }


@pytest.mark.parametrize(("kind", "says"), [(Tree, "Tree contains itself"), (list[Tree], "Tree contains itself"), (complex, "JSON has no form for complex"), (Callable[[], int], "JSON has no form for Callable")])
def test_what_json_cannot_hold_has_no_schema(kind: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        schema_of(kind)


def weather(
    city: str, unit: Unit = Unit.CELSIUS, days: Annotated[int, "How many."] = 3, mode: Literal["short", "long"] | None = None,
    near: Annotated[str | None, Told()] = None, must: int | None = 5, *, exact: Optional[float],  # noqa: UP045
) -> str:  # fmt: skip
    """Tells the weather.

    Args:
        city: Where.
        days: Said twice; the other counts.
        must: May be null.
    """
    return city


def test_parameters_have_types_texts_and_defaults() -> None:
    told = describe(weather)

    assert (told.name, told.description) == ("weather", "Tells the weather.")
    assert told.parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where."},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
            "days": {"type": "integer", "description": "How many.", "default": 3},
            "mode": {"type": "string", "enum": ["short", "long"]},
            "near": {"type": "string", "description": "Said elsewhere."},
            "must": {"type": ["integer", "null"], "description": "May be null.", "default": 5},
            "exact": {"type": ["number", "null"]},
        },
        "required": ["city", "exact"],
    }


def test_without_types_the_docstring_or_the_default_tells_them() -> None:
    def look(a, b, c=1, d="x", e=None):  # type: ignore[no-untyped-def]
        """Looks.

        Args:
            a (int): First.
        """

    assert describe(look).parameters["properties"] == {
        "a": {"type": "integer", "description": "First."}, "b": {}, "c": {"type": "integer", "default": 1},
        "d": {"type": "string", "default": "x"}, "e": {},
    }  # fmt: skip


def test_methods_partials_wrapped_functions_and_callable_objects_are_described() -> None:
    class Home:
        def look(self, at: str) -> str:
            """Looks around."""
            return at

        def __call__(self, at: int) -> int:
            """Calls."""
            return at

    @functools.wraps(weather)
    def wrapped(*args: Any, **named: Any) -> Any:
        return weather(*args, **named)

    method, whole = describe(Home().look), describe(Home())
    assert (method.name, method.description, list(method.parameters["properties"])) == ("look", "Looks around.", ["at"])
    assert (whole.name, whole.description, whole.parameters["properties"]) == ("Home", "Calls.", {"at": INTEGER})
    assert describe(wrapped) == describe(weather)
    part = describe(functools.partial(weather, exact=1.5, days=7))
    assert (part.name, part.parameters["required"]) == ("weather", ["city"])
    assert part.parameters["properties"]["days"]["default"] == 7


def test_what_json_cannot_hold_is_left_out_if_it_can_be() -> None:
    def look(at: str, key: Callable[[str], str] | None = None, *more: str, **others: int) -> None: ...

    assert describe(look).parameters == {"type": "object", "properties": {"at": STRING}, "required": ["at"]}


def _missing() -> Callable[..., Any]:
    def f(frame: Nothing) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    return f


def _complex(z: complex) -> None: ...


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: x, "needs a name of ASCII letters.*'<lambda>': use def"),
        (int, "int does not tell its parameters: wrap it"),
        (_complex, "_complex cannot be offered to a model: its parameter z has no default, and JSON has no form for complex"),
        (_missing(), "f has a type that is not known where it was written: Nothing"),
    ],
)
def test_what_cannot_be_described_is_told_in_one_sentence(function: Callable[..., Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        describe(function)


def test_a_field_without_init_is_not_offered() -> None:
    assert "hidden" not in schema_of(Place)["properties"]
    assert dataclasses.is_dataclass(Place)
