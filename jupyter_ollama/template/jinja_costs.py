"""What an operation of a Jinja template may cost, paid before it happens: sizes of results, widths, numbers, containers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sized
from itertools import islice
from typing import Any

from ..errors import TemplateError
from .limits import Budget

MOST_ITEMS = 500_000
MOST_BITS = 4096
WIDEST = 1000
DEEPEST_INDENT = 16

_PADDING = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_SPLITTING = frozenset({"rsplit", "split", "splitlines"})
_WIDTHS = frozenset({"batch", "center", "filesizeformat", "indent", "round", "slice"})
_PERCENT_WIDTH = re.compile(r"%[^a-zA-Z%]*(?:\*|\d{4})")


def refuse(what: str) -> TemplateError:
    """An error for work that no chat template needs."""
    return TemplateError(f"The template asks for {what}.", hint="Chat templates need much less.", line=0, column=0)


def weigh(value: Any, budget: Budget) -> int:
    """Pay for a value with everything in it, each item as often as it would print; returns how long a text it could be.

    Raises: TemplateError.
    """
    pending, n_items, n_chars = [value], 1, 0
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            n_chars += len(one)
        elif isinstance(one, dict):
            n_items += 2 * len(one)
            pending.extend(one.keys())
            pending.extend(one.values())
        elif isinstance(one, list | tuple | set | frozenset):
            n_items += len(one)
            pending.extend(one)
        if n_items > MOST_ITEMS or n_chars > budget.limits.chars:
            raise refuse("a list or mapping of enormous size")
    budget.step(n_items)
    return n_chars + 8 * n_items


def settle(value: Any, budget: Budget) -> Any:
    """Pay for a new value; an iterator becomes a list. Raises: TemplateError."""
    if isinstance(value, str):
        budget.grow(len(value))
    elif isinstance(value, list | tuple | dict):
        weigh(value, budget)
    elif isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise refuse("an enormous number")
    elif isinstance(value, Iterator):
        value = list(islice(value, MOST_ITEMS + 1))
        weigh(value, budget)
    return value


def _check_sum(left: Any, right: Any, budget: Budget) -> None:
    if isinstance(left, Sized) and isinstance(right, Sized):
        budget.grow(len(left) + len(right))


def _check_product(left: Any, right: Any, budget: Budget) -> None:
    for many, times in ((left, right), (right, left)):
        if isinstance(many, Sized) and isinstance(times, int):
            budget.grow(len(many) * max(times, 0))
            if not isinstance(many, str) and len(many) * times > MOST_ITEMS:
                raise refuse("a list or mapping of enormous size")


def _check_power(left: Any, right: Any, budget: Budget) -> None:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > MOST_BITS:
        raise refuse("an enormous number")


def _check_modulo(left: Any, right: Any, budget: Budget) -> None:
    if isinstance(left, str):
        if _PERCENT_WIDTH.search(left):
            raise refuse("an elaborate format")
        budget.grow(len(left) + left.count("%") * weigh(right, budget))


OPERATORS: dict[str, Callable[[Any, Any, Budget], None]] = {
    "+": _check_sum,
    "*": _check_product,
    "**": _check_power,
    "%": _check_modulo,
}


def checked_method(name: str, owner: str, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> tuple[Any, ...]:
    """Pay for what a method of a string is about to make; returns its arguments."""
    if name in _PADDING and args and isinstance(args[0], int):
        budget.grow(len(owner) + max(args[0], 0) * (owner.count("\t") if name == "expandtabs" else 1))
    elif name == "replace":
        _pay_replace(owner, args, kwargs, budget)
    elif name in ("format", "format_map"):
        budget.grow(len(owner) + owner.count("{") * weigh((*args, *kwargs.values()), budget))
    elif name in _SPLITTING and len(owner) > MOST_ITEMS:
        raise refuse(f"{name} on a text of {len(owner):,} characters")
    elif name == "join" and args:
        return (_joinable(args[0], owner, budget), *args[1:])
    return args


def _pay_replace(text: str, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> None:
    old, new = _argument(args, kwargs, 0, "old", ""), _argument(args, kwargs, 1, "new", "")
    budget.grow(len(text) + text.count(str(old)) * len(str(new)))


def _argument(args: tuple[Any, ...], kwargs: dict[str, Any], place: int, name: str, default: Any) -> Any:
    return args[place] if place < len(args) else kwargs.get(name, default)


def _joinable(items: Any, separator: Any, budget: Budget) -> Any:
    items = settle(items, budget)
    if isinstance(items, Sized):
        budget.grow(len(items) * len(str(separator)))
        if isinstance(items, list | tuple):
            budget.grow(sum(len(one) for one in items if isinstance(one, str)))
    return items


def checked_filter(name: str, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> Any:
    """Pay for what a filter is about to do; returns the value it shall work on."""
    if isinstance(value, Iterator):
        value = settle(value, budget)
    if isinstance(value, Sized):
        budget.step(len(value) >> 6 if isinstance(value, str) else len(value))
    widest = max((abs(one) for one in (*args, *kwargs.values()) if isinstance(one, int)), default=0)
    if name in _WIDTHS and widest > WIDEST:
        raise refuse(f"a width of {widest:,}")
    if name == "indent" and isinstance(value, str):
        width = _argument(args, kwargs, 0, "width", 4)
        budget.grow((value.count("\n") + 1) * (len(width) if isinstance(width, str) else int(width)))
    elif name == "replace":
        _pay_replace(str(value), args, kwargs, budget)
    elif name == "join":
        value = _joinable(value, _argument(args, kwargs, 0, "d", ""), budget)
    elif name == "format" and isinstance(value, str):
        _check_modulo(value, (*args, *kwargs.values()), budget)
    elif name not in _KEEPS_TEXT and isinstance(value, str) and len(value) > MOST_ITEMS:
        raise refuse(f"{name} on a text of {len(value):,} characters")
    return value


_KEEPS_TEXT = frozenset({"capitalize", "count", "d", "default", "e", "escape", "first", "length", "lower", "replace"}) | {
    *("safe", "string", "title", "tojson", "trim", "truncate", "upper", "last"),
}
