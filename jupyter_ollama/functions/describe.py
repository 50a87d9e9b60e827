"""A function -> what a model is told about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .docstrings import read as read_docstring
from .hints import MISSING, Function, docstring_of, name_of, parameters_of
from .schemas import NoSchema, Schema, arms, object_schema, schema_of, told, with_default

_NAME = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)
_NONE = (None, type(None))


@dataclass(frozen=True)
class Description:
    """Name, description and parameters (a JSON Schema object) of a function."""

    name: str
    description: str
    parameters: Schema


def describe(function: Function) -> Description:
    """Describe a function by its signature and docstring.

    A parameter whose type JSON cannot hold is left out if it has a default, and so are ``*args`` and ``**kwargs``. A text in
    ``Annotated`` says more of a parameter than the docstring.

    Raises: ValueError for a function without a name, and for a parameter without a default that JSON has no form for.
    """
    name = name_of(function)
    if not _NAME.fullmatch(name):
        raise ValueError(f"a function that a model may call needs a name of ASCII letters, digits and underscores, not {name!r}: use def")
    said = read_docstring(docstring_of(function))
    properties, required = {}, []
    for key, parameter in parameters_of(function).items():
        try:
            schema = schema_of(_offered(parameter.annotation, parameter.default))
        except NoSchema as error:
            if parameter.default is MISSING:
                raise ValueError(f"{name} cannot be offered to a model: its parameter {key} has no default, and {error}") from None
            continue
        text = told(parameter.annotation) or said.parameters.get(key, "")
        properties[key] = with_default({**schema, "description": text} if text else schema, parameter.default)
        if parameter.default is MISSING:
            required.append(key)
    return Description(name, said.description, object_schema(properties, required))


def _offered(kind: Any, default: Any) -> Any:
    """The type without its None where None is what it means to leave the argument out."""
    others = tuple(one for one in arms(kind) if one not in _NONE)
    return others[0] if default is None and len(others) == 1 and len(arms(kind)) > 1 else kind
