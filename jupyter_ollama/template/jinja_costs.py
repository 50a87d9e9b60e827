"""What values and operators of a Jinja template may cost, paid before it happens: sizes of texts, numbers, containers.

Filters are in jinja_filters.py, methods of texts in jinja_methods.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sized
from itertools import islice
from typing import Any

from jinja2.runtime import LoopContext
from jinja2.utils import Cycler, Joiner, Namespace

from ..errors import TemplateError
from ..sentences import Sentence
from .limits import Budget

MOST_ITEMS = 500_000
MOST_KEYS = 10_000
"""Keys can be chosen so that they all fall on one place of a table: then it takes the square of their number."""
MOST_BITS = 4096
WIDEST = 1000

_EMPTY: dict[str, str] = {}
CONTAINERS = (dict, list, tuple, set, frozenset, type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items()))
_SCALARS = frozenset({int, float, bool, type(None)})
_HOLDERS = (Namespace, LoopContext, Cycler, Joiner)

_PERCENT_WIDTH = re.compile(r"%(?:\([^()]*\))?[-+ #0-9.]*(?:\*|\d{4})|%\([^)]*\(")
_TWO_DIGITS = re.compile(r"\d\d")


def refuse(what: str) -> TemplateError:
    """An error for work that no chat template needs."""
    return TemplateError(Sentence("The template asks for %1.", Sentence.of(what)), hint="Chat templates need much less.", line=0, column=0)


def weigh(value: Any, budget: Budget) -> int:
    """Pay for a value with everything in it, each item as often as it would print; returns how long a text it could be.

    What hides values that can still change (a namespace, a loop) cannot be weighed: it may not be inside.
    Raises: TemplateError.
    """
    pending, n_items, n_chars = [value], 1, 0
    while pending:
        one = pending.pop()
        if type(one) in _SCALARS:
            continue
        if isinstance(one, str):
            n_chars += len(one)
        elif isinstance(one, dict):
            n_items += 2 * len(one)
            pending.extend(one.keys())
            pending.extend(one.values())
        elif isinstance(one, CONTAINERS):
            n_items += len(one)
            pending.extend(one)
        elif isinstance(one, _HOLDERS) and one is not value:
            raise refuse("a namespace, loop or cycler inside of a list or mapping")
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


def text_of(value: Any, budget: Budget) -> str:
    """A value as it prints, paid before and after. Raises: TemplateError."""
    if isinstance(value, CONTAINERS):
        weigh(value, budget)
    shown = value if isinstance(value, str) else str(value)
    budget.grow(len(shown))
    return shown


def bounded_range(*bounds: Any) -> range:
    """Jinja's range; far bounds are for those who want numbers that fall on one place of a table."""
    if any(isinstance(one, int) and abs(one) > 10**9 for one in bounds):
        raise refuse("a range of enormous numbers")
    made = range(*bounds)
    if len(made) > 100_000:
        raise refuse(Sentence("a range of %1 numbers", f"{len(made):,}"))
    return made


# operators


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


def check_modulo(left: Any, right: Any, budget: Budget) -> None:
    """``layout % values``: each directive could print all of them."""
    if isinstance(left, str):
        if _PERCENT_WIDTH.search(left):
            raise refuse("an elaborate format")
        pay_fields(left, "%", right, budget)


def pay_fields(layout: str, mark: str, values: Any, budget: Budget) -> None:
    """Pay for a layout, each field as if it printed all values, or filled the widest width that is allowed."""
    widest = WIDEST if _TWO_DIGITS.search(layout) else 0
    budget.grow(len(layout) + layout.count(mark) * (weigh(values, budget) + widest))


OPERATORS: Mapping[str, Callable[[Any, Any, Budget], None]] = {
    "+": _check_sum,
    "*": _check_product,
    "**": _check_power,
    "%": check_modulo,
}
