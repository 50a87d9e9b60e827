"""What a filter of a Jinja template may cost: the value it works on, widths, paths of attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Any

from ..sentences import Sentence
from .jinja_costs import CONTAINERS, MOST_ITEMS, MOST_KEYS, WIDEST, check_modulo, refuse, settle, text_of, weigh
from .jinja_methods import argument, joinable, pay_product, pay_replace
from .limits import Budget

DEEPEST_INDENT = 16

_DEEPEST_PATH = 10
_WIDTHS = frozenset({"batch", "center", "filesizeformat", "indent", "round", "slice"})
_PATHS = {"groupby": 0, "join": 1, "map": 99, "max": 1, "min": 1, "rejectattr": 0, "selectattr": 0, "sort": 2, "sum": 0, "unique": 1}
"""At which place a filter takes the path of an attribute, if not by name."""
_KEEPS_TEXT = frozenset({"capitalize", "count", "d", "default", "e", "escape", "first", "format", "last", "length", "lower"}) | {
    *("join", "replace", "safe", "string", "tojson", "trim", "truncate", "upper"),
}
"""Filters that do not take a text apart."""


def checked_filter(name: str, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> Any:
    """Pay for what a filter is about to do; returns the value it shall work on. Raises: TemplateError."""
    if isinstance(value, Iterator):
        value = settle(value, budget)
    if isinstance(value, Sized):
        budget.step(len(value) >> 6 if isinstance(value, str) else len(value))
    _check_widths(name, args, kwargs)
    _check_path(name, args, kwargs)
    check = _CHECKS.get(name)
    if check is not None:
        value = check(value, args, kwargs, budget)
    if name not in _KEEPS_TEXT and isinstance(value, str) and len(value) > MOST_ITEMS:
        raise refuse(Sentence("%1 on a text of %2 characters", name, f"{len(value):,}"))
    return value


def _check_widths(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if name in _WIDTHS:
        widest = max((abs(one) for one in (*args, *kwargs.values()) if isinstance(one, int)), default=0)
        if widest > WIDEST:
            raise refuse(Sentence("a width of %1", f"{widest:,}"))


def _check_path(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if name in _PATHS:
        path = argument(args, kwargs, _PATHS[name], "attribute")
        if isinstance(path, str) and path.count(".") + path.count(",") > _DEEPEST_PATH:
            raise refuse("a long path of attributes")


def _indent(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    if isinstance(value, str):
        width = argument(args, kwargs, 0, "width", 4)
        budget.grow((value.count("\n") + 1) * (len(width) if isinstance(width, str) else max(int(width), 0)))
    return value


def _replace(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    text = _text(value, args, kwargs, budget)
    pay_replace(text, args, kwargs, budget)
    return text


def _join(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    if argument(args, kwargs, 1, "attribute") is not None and isinstance(value, CONTAINERS):
        weigh(value, budget)
    return joinable(value, argument(args, kwargs, 0, "d", ""), budget)


def _format(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    layout = _text(value, args, kwargs, budget)
    check_modulo(layout, (args, *kwargs.values()), budget)
    return layout


def _trim(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    text = _text(value, args, kwargs, budget)
    pay_product(text, argument(args, kwargs, 0, "chars"), budget)
    return text


def _sum(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    if not isinstance(argument(args, kwargs, 1, "start", 0), int | float):
        raise refuse("a sum of lists")
    return value


def _unique(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    if isinstance(value, Sized) and len(value) > MOST_KEYS:
        raise refuse(Sentence("the different ones of %1 items", f"{len(value):,}"))
    return value


def _text(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    """Filters that take a text apart make one of whatever they get."""
    return value if isinstance(value, str) else text_of(value, budget)


def _urlencode(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    if isinstance(value, CONTAINERS) and weigh(value, budget) > MOST_ITEMS:
        raise refuse("the address of an enormous list or mapping")
    return value


def _tojson(value: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> Any:
    indent, separators = argument(args, kwargs, 1, "indent"), argument(args, kwargs, 2, "separators")
    widths = [len(one) if isinstance(one, str) else one for one in (indent, *(separators or ()))]
    if max((one for one in widths if isinstance(one, int)), default=0) > DEEPEST_INDENT:
        raise refuse(Sentence("an indent or separator of more than %1 characters", DEEPEST_INDENT))
    return value


_CHECKS = {
    "center": _text, "format": _format, "indent": _indent, "join": _join, "replace": _replace, "sum": _sum, "title": _text,
    "tojson": _tojson, "trim": _trim, "unique": _unique, "urlencode": _urlencode, "wordcount": _text,
}  # fmt: skip
