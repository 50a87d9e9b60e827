"""The parameters of a function and their types, whatever is wrapped around it."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from typing import Any

from .docstrings import read as read_docstring

MISSING = inspect.Parameter.empty
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

_WRITTEN: dict[str, Any] = {
    "str": str, "string": str, "int": int, "integer": int, "float": float, "number": float, "bool": bool, "boolean": bool,
    "list": list, "dict": dict,
}  # fmt: skip

Function = Callable[..., Any]


def name_of(function: Function) -> str:
    """The name in its ``def``; that of its class for an object that can be called."""
    inner = _inner(function)
    return str(getattr(inner, "__name__", type(inner).__name__))


def docstring_of(function: Function) -> str:
    inner = _inner(function)
    return inspect.getdoc(inner if hasattr(inner, "__name__") else type(inner).__call__) or inspect.getdoc(inner) or ""


def parameters_of(function: Function) -> dict[str, inspect.Parameter]:
    """Its parameters, with types instead of their names; ``*args`` and ``**kwargs`` are left out.

    Where the signature says no type, one that the docstring says counts, else that of the default.

    Raises: ValueError for a function that does not tell them, or a type whose name means nothing where the function was written.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise ValueError(f"{name_of(function)} does not tell its parameters: wrap it in a function that does") from None
    hints, said = _hints(function), read_docstring(docstring_of(function)).types
    return {
        name: parameter.replace(annotation=hints.get(name, _guessed(said.get(name, ""), parameter.default)))
        for name, parameter in signature.parameters.items()
        if parameter.kind not in VARIADIC
    }


def types_of(holder: Any) -> dict[str, Any]:
    """The types of a class's fields. Raises: ValueError as ``parameters_of``."""
    try:
        return typing.get_type_hints(holder, include_extras=True)
    except NameError as error:
        raise ValueError(f"{getattr(holder, '__name__', holder)} has a type that is not known where it was written: {error.name}") from None
    except (TypeError, SyntaxError) as error:
        raise ValueError(f"the types of {getattr(holder, '__name__', holder)} cannot be read: {error}") from None


def _guessed(said: str, default: Any) -> Any:
    kind = type(default)
    return _WRITTEN.get(said, kind if kind in _WRITTEN.values() else MISSING)


def _hints(function: Function) -> dict[str, Any]:
    inner = _inner(function)
    if not hasattr(inner, "__annotations__") and not inspect.isroutine(inner):
        inner = type(inner).__call__
    return types_of(inner) if hasattr(inner, "__annotations__") else {}


def _inner(function: Function) -> Any:
    """What ``functools.wraps`` and ``partial`` were put around."""
    while True:
        bare = inspect.unwrap(function)
        bare = bare.func if isinstance(bare, functools.partial) else bare
        if bare is function:
            return bare
        function = bare
