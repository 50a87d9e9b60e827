"""What a call in a Jinja template may cost: methods of texts, and calls that put their arguments into a container."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

from jinja2.runtime import Macro
from jinja2.utils import Cycler

from ..sentences import Sentence
from .jinja_costs import CONTAINERS, MOST_ITEMS, MOST_KEYS, pay_fields, refuse, settle, weigh
from .limits import Budget

UNBOUNDED = frozenset({"encode", "from_bytes", "fromkeys", "maketrans", "striptags", "to_bytes", "translate", "unescape"}) | {
    *("difference", "intersection", "isdisjoint", "symmetric_difference", "union"),
}
"""Methods that no template can reach: nothing bounds what they do."""

QUEUE = frozenset({"append", "pop"})
"""Methods that change a list and may: Kimi's templates keep the ids of calls in one, until the results come."""

_LONGEST_QUEUE = 10_000
_PADDING = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_SPLITTING = frozenset({"rsplit", "split", "splitlines"})
_FROM_THE_RIGHT = frozenset({"rfind", "rindex", "rpartition", "rsplit"})
_STRIPPING = frozenset({"lstrip", "rstrip", "strip"})
_FEW = 8


def argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], place: int, name: str, default: Any = None) -> Any:
    """An argument that can be given by place or by name."""
    return args[place] if place < len(args) else kwargs.get(name, default)


def check_arguments(called: Any, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> None:
    """Pay for arguments that become a list or mapping by being passed. Raises: TemplateError."""
    keeps = called is Cycler or (isinstance(called, Macro) and (called.catch_varargs or called.catch_kwargs))
    if keeps or len(args) + len(kwargs) > _FEW:
        weigh((args, kwargs), budget)
    if isinstance(called, type) and args and isinstance(args[0], CONTAINERS) and len(args[0]) > MOST_KEYS:
        raise refuse(Sentence("a mapping made of %1 pairs", f"{len(args[0]):,}"))


def check_queue(name: str, owner: list[Any], args: tuple[Any, ...]) -> None:
    """A list may grow by plain values, and not without end. Raises: TemplateError."""
    if name == "append" and (len(owner) >= _LONGEST_QUEUE or not all(isinstance(one, str | int | float) for one in args)):
        raise refuse("a list that grows too far")


def checked_method(name: str, owner: str, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> tuple[Any, ...]:
    """Pay for what a method of a text is about to make; returns its arguments. Raises: TemplateError."""
    first = argument(args, kwargs, 0, "tabsize")
    if name in _PADDING and isinstance(first, int):
        budget.grow(len(owner) + max(first, 0) * (owner.count("\t") if name == "expandtabs" else 1))
    elif name == "replace":
        pay_replace(owner, args, kwargs, budget)
    elif name in ("format", "format_map"):
        pay_fields(owner, "{", (args, kwargs), budget)
    elif name in _STRIPPING:
        pay_product(owner, first, budget)
    elif name == "join" and args:
        return (joinable(args[0], owner, budget), *args[1:])
    if name in _SPLITTING and len(owner) > MOST_ITEMS:
        raise refuse(Sentence("%1 on a text of %2 characters", name, f"{len(owner):,}"))
    if name in _FROM_THE_RIGHT:
        pay_product(owner, argument(args, kwargs, 0, "sep"), budget)
    return args


def pay_product(owner: str, other: Any, budget: Budget) -> None:
    """Pay for comparing each character of a text with each of another."""
    if isinstance(other, str) and len(other) > 1:
        budget.step(len(owner) * len(other) >> 10)


def pay_replace(text: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], budget: Budget) -> None:
    old, new = argument(args, kwargs, 0, "old", ""), argument(args, kwargs, 1, "new", "")
    budget.grow(len(text) + text.count(str(old)) * len(str(new)))


def joinable(items: Any, separator: Any, budget: Budget) -> Any:
    """The items as a list, paid with the separators between them."""
    items = settle(items, budget)
    if isinstance(items, Sized):
        budget.grow(len(items) * len(str(separator)))
        if isinstance(items, list | tuple):
            budget.grow(sum(len(one) for one in items if isinstance(one, str)))
    return items
