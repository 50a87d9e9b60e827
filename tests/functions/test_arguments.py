"""What a model gives becomes what the function takes; what cannot is told in a sentence that the model can act on."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.functions import BadArguments, bound, value_of

from .test_describe import Level, Own, Place, Point, Unit, weather


@pytest.mark.parametrize(
    ("value", "kind", "made"),
    [
        (3, int, 3),
        (3.0, int, 3),
        ("3", int, 3),
        (" 3 ", int, 3),
        ("3.0", int, 3),
        (3, float, 3.0),
        ("2.5", float, 2.5),
        (3, str, "3"),
        ("x", str, "x"),
        (True, bool, True),
        ("True", bool, True),
        ("no", bool, False),
        (None, type(None), None),
        ("celsius", Unit, Unit.CELSIUS),
        ("Celsius", Unit, Unit.CELSIUS),
        ("2", Level, Level.HIGH),
        ("b", Literal["a", "b"], "b"),
        (1, Literal["1", 1], 1),
        ("celsius", Literal[Unit.CELSIUS], Unit.CELSIUS),
        ([1, "2"], list[int], [1, 2]),
        ([1, 2, 2], set[int], {1, 2}),
        ([1, "a"], tuple[int, str], (1, "a")),
        ([1, 2], tuple[int, ...], (1, 2)),
        ({"a": "1"}, dict[str, int], {"a": 1}),
        ({"1": 2}, dict[int, int], {1: 2}),
        (5, int | str, 5),
        ("5", int | str, "5"),
        ("5", int | None, 5),
        (None, int | None, None),
        ("null", int | None, None),
        ("2026-01-31", date, date(2026, 1, 31)),
        ("2026-01-31T12:00:00", datetime, datetime(2026, 1, 31, 12)),
        ("12:30", time, time(12, 30)),
        ("1.10", Decimal, Decimal("1.10")),
        ("a/b", Path, Path("a/b")),
        ("12345678123456781234567812345678", UUID, UUID(int=0x12345678123456781234567812345678)),
        ({"x": "1"}, Point, Point(1)),
        ({"name": "Rome", "at": [1, 2], "tags": ["old"]}, Place, Place("Rome", (1.0, 2.0), ["old"])),
        ([{"name": "Rome"}], list[Place], [Place("Rome")]),
        ({"any": ["thing"]}, Any, {"any": ["thing"]}),
    ],
)
def test_values_become_what_they_are_meant_to_be(value: Any, kind: Any, made: Any) -> None:
    found = value_of(value, kind)
    assert found == made
    assert type(found) is type(made)


def test_models_with_a_schema_of_their_own_make_themselves() -> None:
    assert isinstance(value_of({}, Own), Own)


@pytest.mark.parametrize(
    ("value", "kind", "says"),
    [
        ("many", int, "n must be a number, not 'many'"),
        (2.5, int, "n must be a whole number, not 2.5"),
        (math.inf, float, "n must be a number, not inf"),
        ("1e999", int, "n must be a number"),
        ("9" * 5000, int, "n must be a number"),
        (True, int, "n must be a number, not True"),
        ([], str, "n must be a text"),
        ("maybe", bool, "n must be true or false, not 'maybe'"),
        ("kelvin", Unit, "n must be one of 'celsius', 'fahrenheit', not 'kelvin'"),
        ("c", Literal["a", "b"], "n must be one of 'a', 'b', not 'c'"),
        ([], Unit, r"n must be one of 'celsius', 'fahrenheit', not \[\]"),
        ("abc", list[str], "n must be a list, not 'abc'"),
        ([1, "x"], list[int], r"n\[1\] must be a number, not 'x'"),
        ([1], tuple[int, str], "n must have 2 items, not 1"),
        ([1], dict[str, int], r"n must be an object, not \[1\]"),
        ({"a": "x"}, dict[str, int], r"n\['a'\] must be a number"),
        ("Rome", Place, "n must be an object, not 'Rome'"),
        ({}, Place, "n needs name"),
        ({"nam": "Rome"}, Place, "n has no field 'nam'; it has at, height, name, tags"),
        ({"name": "Rome", "at": [1]}, Place, "n.at must have 2 items"),
        ("soon", date, "n must be a date such as 2026-01-31, not 'soon'"),
        ({}, int | None, "n must be a number, not {} or n must be null, not {}"),
        ("x" * 1000, int, "n must be a number, not 'xxx"),
    ],
)
def test_what_a_value_cannot_be_is_told_with_where_it_stands(value: Any, kind: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        value_of(value, kind, "n")
    assert len(str(caught.value)) < 300


def test_arguments_are_bound_with_their_types() -> None:
    assert bound(weather, {"city": "Rome", "unit": "fahrenheit", "exact": "1.5"}) == ([], {"city": "Rome", "unit": Unit.FAHRENHEIT, "exact": 1.5})


def test_null_means_the_default_where_there_is_no_null() -> None:
    assert bound(weather, {"city": "Rome", "days": None, "exact": None})[1] == {"city": "Rome", "days": 3, "exact": None}


def test_positional_parameters_stay_so_and_others_are_passed_on_if_they_may_be() -> None:
    def f(a: int, b: int = 2, /, *, c: int = 3, **more: Any) -> None: ...

    assert bound(f, {"a": "1", "d": 4}) == ([1, 2], {"d": 4})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({"town": "Rome"}, "weather has no argument 'town': it takes city"), ({}, "weather needs the argument 'city'"), ({"city": "Rome", "days": "x"}, "days must be a number, not 'x'\\.")],
)
def test_arguments_that_do_not_fit_are_told(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(BadArguments, match=says):
        bound(weather, arguments)


def test_a_function_without_parameters_says_so() -> None:
    with pytest.raises(BadArguments, match="now has no argument 'x': it takes none"):
        bound(_now, {"x": 1})


def _now() -> None: ...


_now.__name__ = "now"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@given(json_values, st.sampled_from([int, float, bool, str, Unit, Level, Place, Point, date, Decimal, list[int], tuple[int, str], dict[str, int], int | None, Literal["a", 1], set[str]]))
def test_whatever_a_model_gives_is_a_value_or_a_sentence(value: Any, kind: Any) -> None:
    try:
        value_of(value, kind)
    except ValueError as error:
        assert str(error)
