"""The functions a Go template can call: Go's own and the four that Ollama adds. ``and`` and ``or`` are in calls.py.

A function takes the argument list and returns a value; it raises Trouble, and pays the budget for text it makes.
Source: https://pkg.go.dev/text/template#hdr-Functions (Go 1.27).
"""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

from ..limits import Budget
from .comparing import equal_to_any, less
from .containers import as_bytes, cut_out, index, length
from .encode import to_json
from .literals import shows
from .printf import printf
from .trouble import Trouble
from .typescript import typescript
from .values import kind, text, truth

Arguments = list[Any]

_LONGEST_ESCAPED = 2_000_000


def _shown(value: Any, budget: Budget) -> str:
    """The text of one argument, paid before it is put together with others."""
    shown = text(value, to_json)
    budget.grow(len(shown))
    return shown


# printing


def joined(arguments: Arguments, budget: Budget) -> str:
    """Go's Print: a blank between two neighbours that are both no strings."""
    parts: list[str] = []
    for place, value in enumerate(arguments):
        if place and not isinstance(value, str) and not isinstance(arguments[place - 1], str):
            parts.append(" ")
        parts.append(_shown(value, budget))
    return "".join(parts)


def _println(arguments: Arguments, budget: Budget) -> str:
    return " ".join([_shown(one, budget) for one in arguments]) + "\n"


def _printf(arguments: Arguments, budget: Budget) -> str:
    if not isinstance(arguments[0], str):
        raise Trouble(f"wrong type for value; expected string; got {kind(arguments[0])}")
    return printf(arguments[0], arguments[1:], budget)


_HTML = {ord("\0"): "\ufffd"}


def _escapable(arguments: Arguments, budget: Budget) -> str:
    """The text to be escaped character by character. Raises: Trouble if it is too long for that."""
    made = joined(["<no value>" if one is None else one for one in arguments], budget)
    if len(made) > _LONGEST_ESCAPED:
        raise Trouble(f"a text of {len(made):,} characters is too long")
    budget.step(len(made) >> 3)
    return made


def _html(arguments: Arguments, budget: Budget) -> str:
    escaped = html.escape(_escapable(arguments, budget)).translate(_HTML)
    return escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}


def _js(arguments: Arguments, budget: Budget) -> str:
    return "".join(map(_js_character, _escapable(arguments, budget)))


def _js_character(one: str) -> str:
    if one in _JS:
        return _JS[one]
    if shows(one):
        return one
    return f"\\u{ord(one):04X}"


def _urlquery(arguments: Arguments, budget: Budget) -> str:
    return quote_plus(as_bytes(_escapable(arguments, budget)))


def _call(arguments: Arguments, budget: Budget) -> Any:
    given = arguments[0]
    raise Trouble("call of nil" if given is None else f"non-function of type {kind(given)}", hint="Data hold no functions.")


# what Ollama adds


def _current_date(arguments: Arguments, budget: Budget) -> str:
    return date.today().isoformat()


def _yesterday_date(arguments: Arguments, budget: Budget) -> str:
    return (date.today() - timedelta(days=1)).isoformat()


FunctionBody = Callable[[Arguments, Budget], Any]

# name -> (least arguments, most arguments or None, function); and and or have none: they do not evaluate all they get
FUNCTIONS: Final[dict[str, tuple[int, int | None, FunctionBody | None]]] = {
    "and": (1, None, None),
    "or": (1, None, None),
    "not": (1, 1, lambda given, budget: not truth(given[0])),
    "eq": (1, None, equal_to_any),
    "ne": (2, 2, lambda given, budget: not equal_to_any(given, budget)),
    "lt": (2, 2, lambda given, budget: less(given[0], given[1])),
    "le": (2, 2, lambda given, budget: less(given[0], given[1]) or equal_to_any(given, budget)),
    "gt": (2, 2, lambda given, budget: less(given[1], given[0])),
    "ge": (2, 2, lambda given, budget: not less(given[0], given[1])),
    "len": (1, 1, length),
    "index": (1, None, index),
    "slice": (1, None, cut_out),
    "print": (0, None, joined),
    "println": (0, None, _println),
    "printf": (1, None, _printf),
    "html": (0, None, _html),
    "js": (0, None, _js),
    "urlquery": (0, None, _urlquery),
    "call": (1, None, _call),
    "json": (1, 1, lambda given, budget: to_json(given[0])),
    "currentDate": (0, None, _current_date),
    "yesterdayDate": (0, None, _yesterday_date),
    "toTypeScriptType": (1, 1, lambda given, budget: typescript(given[0])),
}
