"""JSON values -> values of Python types. What a model writes is only nearly right: ``"3"`` for a number is taken as it is meant."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Callable
from typing import Any, Literal

from .fields import fields_of, has_own_schema
from .hints import MISSING
from .schemas import LISTS, MAPPINGS, UNIONS, bare

_WORDS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def value_of(value: Any, kind: Any, where: str = "the value") -> Any:
    """A value of that type.

    Args:
        where: what the value is, for the error.
    Raises: ValueError with a sentence that a model can act on.
    """
    kind = bare(kind)
    if kind in (Any, object, MISSING):
        return value
    if has_own_schema(kind):
        return kind.model_validate(value)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in UNIONS:
        return _any_of(value, inner, where)
    if origin is Literal:
        return _choice(value, {_plain(one): one for one in inner}, where)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice(value, {one.value: one for one in kind}, where)
    if (made := _collection(value, origin or kind, inner, where)) is not MISSING:
        return made
    if (fields := fields_of(origin or kind)) is not None:
        return _object(value, origin or kind, fields, where)
    read = _READERS.get(kind)
    return value if read is None else read(value, where)


def _any_of(value: Any, kinds: tuple[Any, ...], where: str) -> Any:
    """The first type that the value has as it is, else the first that it can become."""
    for one in kinds:
        inner = bare(one)
        if isinstance(inner, type) and type(value) is inner:
            return value_of(value, one, where)
    errors = []
    for one in kinds:
        try:
            return value_of(value, one, where)
        except ValueError as error:
            errors.append(str(error))
    raise ValueError(" or ".join(dict.fromkeys(errors)))


def _choice(value: Any, choices: dict[Any, Any], where: str) -> Any:
    for one, meant in choices.items():
        if one == value and type(one) is type(value):
            return meant
    near = [meant for one, meant in choices.items() if str(one).lower() == str(value).strip().lower()]
    if near:
        return near[0]
    raise ValueError(f"{where} must be one of {', '.join(repr(one) for one in choices)}, not {value!r:.200}")


def _plain(one: Any) -> Any:
    return one.value if isinstance(one, enum.Enum) else one


def _collection(value: Any, kind: Any, inner: tuple[Any, ...], where: str) -> Any:
    """Lists, tuples, sets and mappings with all that they hold; ``MISSING`` if the type is none of these."""
    if kind is tuple and inner and inner[-1] is not ...:
        items = _list(value, where)
        if len(items) != len(inner):
            raise ValueError(f"{where} must have {len(inner)} items, not {len(items)}")
        return tuple(value_of(one, held, f"{where}[{place}]") for place, (one, held) in enumerate(zip(items, inner, strict=True)))
    if kind in LISTS or kind is tuple:
        held = inner[0] if inner else Any
        made = [value_of(one, held, f"{where}[{place}]") for place, one in enumerate(_list(value, where))]
        return kind(made) if kind in (tuple, set, frozenset) else made
    if kind in MAPPINGS:
        if not isinstance(value, dict):
            raise ValueError(f"{where} must be an object, not {value!r:.200}")
        keys, held = inner or (Any, Any)
        return {value_of(key, keys, f"a key of {where}"): value_of(one, held, f"{where}[{key!r}]") for key, one in value.items()}
    return MISSING


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list, not {value!r:.200}")
    return value


def _object(value: Any, kind: Any, fields: tuple[Any, ...], where: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, not {value!r:.200}")
    known = {one.name for one in fields}
    for name in value:
        if name not in known:
            raise ValueError(f"{where} has no field {name!r}; it has {', '.join(sorted(known))}")
    for one in fields:
        if one.required and one.name not in value:
            raise ValueError(f"{where} needs {one.name}")
    given = {one.name: value_of(value[one.name], one.type, f"{where}.{one.name}") for one in fields if one.name in value}
    return kind(**given)


def _integer(value: Any, where: str) -> int:
    number = _number(value, where)
    if number != int(number):
        raise ValueError(f"{where} must be a whole number, not {value!r:.200}")
    return int(number)


def _number(value: Any, where: str) -> int | float:
    if isinstance(value, str):
        for read in (int, float):
            try:
                value = read(value.strip())
                break
            except (ValueError, OverflowError):
                continue
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == float("inf"):
        raise ValueError(f"{where} must be a number, not {value!r:.200}")
    return value


def _truth(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    word = _WORDS.get(str(value).strip().lower())
    if word is None:
        raise ValueError(f"{where} must be true or false, not {value!r:.200}")
    return word


def _text(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{where} must be a text, not {value!r:.200}")


def _none(value: Any, where: str) -> None:
    if value is not None and str(value).strip().lower() not in ("", "null", "none"):
        raise ValueError(f"{where} must be null, not {value!r:.200}")


def _from_text(read: Callable[[str], Any], what: str) -> Callable[[Any, str], Any]:
    def reader(value: Any, where: str) -> Any:
        try:
            return read(_text(value, where))
        except (ValueError, decimal.InvalidOperation):
            raise ValueError(f"{where} must be {what}, not {value!r:.200}") from None

    return reader


_READERS: dict[Any, Callable[[Any, str], Any]] = {
    str: _text,
    int: _integer,
    float: lambda value, where: float(_number(value, where)),
    bool: _truth,
    None: _none,
    type(None): _none,
    decimal.Decimal: _from_text(decimal.Decimal, "a number"),
    dt.datetime: _from_text(dt.datetime.fromisoformat, "a time such as 2026-01-31T12:00:00"),
    dt.date: _from_text(dt.date.fromisoformat, "a date such as 2026-01-31"),
    dt.time: _from_text(dt.time.fromisoformat, "a time such as 12:00:00"),
    uuid.UUID: _from_text(uuid.UUID, "a UUID"),
    pathlib.Path: _from_text(pathlib.Path, "a path"),
    pathlib.PurePath: _from_text(pathlib.PurePath, "a path"),
}
