"""The arguments that a model gives -> those that a function takes."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from typing import Any

from .hints import MISSING, Function, name_of, parameters_of
from .values import value_of


class BadArguments(ValueError):
    """Arguments that a function does not take."""


def bound(function: Function, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments for a call, each of the type that the function says.

    None for a parameter with a default means that default where the type has no None.
    Raises: BadArguments with a sentence that a model can act on: an argument that is unknown, missing or of the wrong type.
    """
    name, parameters = name_of(function), parameters_of(function)
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in inspect.signature(function).parameters.values())
    unknown = [key for key in arguments if key not in parameters]
    if unknown and not takes_any:
        near = difflib.get_close_matches(unknown[0], parameters, n=1)
        takes = f"it takes {', '.join(parameters)}" if parameters else "it takes none"
        raise BadArguments(f"{name} has no argument {unknown[0]!r}: {f'did you mean {near[0]}?' if near else f'{takes}.'}")
    positional: list[Any] = []
    named: dict[str, Any] = {key: arguments[key] for key in unknown}
    for key, parameter in parameters.items():
        value = _given(parameter, arguments, key)
        if value is MISSING:
            if parameter.default is MISSING:
                raise BadArguments(f"{name} needs the argument {key!r}.")
        elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(value)
        else:
            named[key] = value
    return positional, named


def _given(parameter: inspect.Parameter, arguments: Mapping[str, Any], key: str) -> Any:
    if key not in arguments:
        return parameter.default if parameter.kind is inspect.Parameter.POSITIONAL_ONLY else MISSING
    try:
        return value_of(arguments[key], parameter.annotation, key)
    except ValueError as error:
        if arguments[key] is None and parameter.default is not MISSING:
            return parameter.default
        raise BadArguments(f"{error}.") from None
