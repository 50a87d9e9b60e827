"""The functions a Go template can call: Go's own and the four that Ollama adds. ``and`` and ``or`` are in the evaluator.

A function takes the argument list and returns a value; it raises Trouble, and pays the budget for text it makes.
Source: https://pkg.go.dev/text/template#hdr-Functions (Go 1.24).
"""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

from .encode import to_json
from .printf import printf
from .trouble import Trouble
from .values import JSONMap, Record, Words, kind, text, truth
from ..limits import Budget

Arguments = list[Any]
_ORDERED = ("int", "float64", "string")


def _shown(value: Any) -> str:
    return text(value, to_json)


# comparisons


def _eq(arguments: Arguments, budget: Budget) -> bool:
    if len(arguments) < 2:
        raise Trouble("missing argument for comparison")
    first = arguments[0]
    return any(_equal(first, other) for other in arguments[1:])


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return _is_nil(left) and _is_nil(right)
    left_kind, right_kind = kind(left), kind(right)
    for value, its_kind in ((left, left_kind), (right, right_kind)):
        if its_kind not in ("bool", *_ORDERED):
            if isinstance(value, Words) and len(value) == 1:
                continue
            raise Trouble(f"non-comparable type {its_kind}", hint="Compare texts, numbers and bools.")
    if isinstance(left, Words) or isinstance(right, Words):
        return _shown(left) == _shown(right)
    _same_kind(left_kind, right_kind)
    return bool(left == right)


def _is_nil(value: Any) -> bool:
    return value is None or (isinstance(value, list | dict) and not value)


def _same_kind(left: str, right: str) -> None:
    if left != right:
        raise Trouble(f"incompatible types for comparison: {left} and {right}", hint="Convert one with print.")


def _less(left: Any, right: Any) -> bool:
    left_kind, right_kind = kind(left), kind(right)
    for one in (left_kind, right_kind):
        if one not in _ORDERED:
            raise Trouble(f"invalid type for comparison: {one}", hint="Numbers and texts have an order.")
    _same_kind(left_kind, right_kind)
    return bool(left < right)


# texts and containers


def as_bytes(value: str) -> bytes:
    """A text as Go sees it; what is no valid text becomes U+FFFD."""
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()


def _len(arguments: Arguments, budget: Budget) -> int:
    value = arguments[0]
    if isinstance(value, str):
        return len(value) if value.isascii() else len(as_bytes(value))
    if isinstance(value, list | tuple | dict | bytes):
        return len(value)
    raise Trouble("len of nil pointer" if value is None else f"len of type {kind(value)}")


def _index(arguments: Arguments, budget: Budget) -> Any:
    value = arguments[0]
    if value is None:
        raise Trouble("index of untyped nil")
    for key in arguments[1:]:
        value = _item(value, key)
    return value


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise Trouble(f"value has type {kind(key)}; should be string")
        return value.get(key)
    if isinstance(value, str):
        value = as_bytes(value)
    if isinstance(value, list | tuple | bytes):
        position = _position(key)
        if not 0 <= position < len(value):
            raise Trouble(f"index out of range: {position}", hint=f"It has {len(value)} items, counted from 0.")
        return value[position]
    raise Trouble("index of nil pointer" if value is None else f"can't index item of type {kind(value)}")


def _position(key: Any) -> int:
    if isinstance(key, bool) or not isinstance(key, int):
        nil = "cannot index slice/array with nil"
        raise Trouble(nil if key is None else f"cannot index slice/array with type {kind(key)}")
    return key


def _slice(arguments: Arguments, budget: Budget) -> Any:
    value, bounds = arguments[0], arguments[1:]
    if not isinstance(value, str | list | tuple | bytes):
        raise Trouble("slice of untyped nil" if value is None else f"can't slice item of type {kind(value)}")
    if len(bounds) > 3:
        raise Trouble(f"too many slice indexes: {len(bounds)}")
    if len(bounds) == 3 and isinstance(value, str):
        raise Trouble("cannot 3-index slice a string")
    whole = value if not isinstance(value, str) or value.isascii() else as_bytes(value)
    size = len(whole)
    positions = [_position(one) for one in bounds]
    for position in positions:
        if not 0 <= position <= size:
            raise Trouble(f"index out of range: {position}", hint=f"It has {size} items.")
    low, high = (positions + [0, size][len(positions) :])[:2]
    if sorted(positions) != positions or low > high:
        raise Trouble(f"invalid slice index: {low} > {high}")
    part = whole[low:high]
    budget.grow(len(part))
    if isinstance(value, str) and isinstance(part, bytes):
        return part.decode("utf-8", "surrogateescape")
    return type(value)(part) if isinstance(value, list) else part


# printing


def joined(arguments: Arguments) -> str:
    """Go's Print: a blank between two neighbours that are both no strings."""
    parts: list[str] = []
    for place, value in enumerate(arguments):
        if place and not isinstance(value, str) and not isinstance(arguments[place - 1], str):
            parts.append(" ")
        parts.append(_shown(value))
    return "".join(parts)


def _println(arguments: Arguments, budget: Budget) -> str:
    return " ".join(map(_shown, arguments)) + "\n"


def _printf(arguments: Arguments, budget: Budget) -> str:
    if not isinstance(arguments[0], str):
        raise Trouble(f"wrong type for value; expected string; got {kind(arguments[0])}")
    return printf(arguments[0], arguments[1:], budget)


_HTML = {ord("\0"): "\ufffd"}


def _html(arguments: Arguments, budget: Budget) -> str:
    escaped = html.escape(joined(arguments)).translate(_HTML)
    return escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}


def _js(arguments: Arguments, budget: Budget) -> str:
    return "".join(map(_js_character, joined(arguments)))


def _js_character(one: str) -> str:
    if one in _JS:
        return _JS[one]
    if one.isprintable() and (one == " " or not one.isspace()):
        return one
    return f"\\u{ord(one):04X}"


def _urlquery(arguments: Arguments, budget: Budget) -> str:
    return quote_plus(as_bytes(joined(arguments)))


def _call(arguments: Arguments, budget: Budget) -> Any:
    given = arguments[0]
    raise Trouble("call of nil" if given is None else f"non-function of type {kind(given)}", hint="Data hold no functions.")


# what Ollama adds


def _current_date(arguments: Arguments, budget: Budget) -> str:
    return date.today().isoformat()


def _yesterday_date(arguments: Arguments, budget: Budget) -> str:
    return (date.today() - timedelta(days=1)).isoformat()


_TYPESCRIPT = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "array": "any[]",
    "object": "Record<string, any>",
    "null": "null",
}


def _typescript(arguments: Arguments, budget: Budget) -> str:
    return _typescript_of(arguments[0], 0)


def _typescript_of(value: Any, depth: int) -> str:
    """The TypeScript type of a JSON Schema property, given as a Record or a plain map."""
    fields = _schema(value)
    if depth > 20:
        return "any"
    alternatives = fields.get("anyof")
    if isinstance(alternatives, list) and alternatives:
        return " | ".join(_typescript_of(one, depth + 1) for one in alternatives)
    words = fields.get("type") or []
    words = [words] if isinstance(words, str) else words
    return " | ".join(_typescript_word(str(word), fields.get("items"), depth) for word in words) or "any"


def _typescript_word(word: str, items: Any, depth: int) -> str:
    if word == "array" and isinstance(items, Record | dict) and items:
        inner = _typescript_of(items, depth + 1)
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    return _TYPESCRIPT.get(word, "any")


def _schema(value: Any) -> dict[str, Any]:
    if isinstance(value, Record):
        value = value.fields
    if isinstance(value, dict):
        return {str(name).lower(): one for name, one in value.items()}
    raise Trouble(f"toTypeScriptType of type {kind(value)}", hint="Give it a property of a tool's parameters.")


FunctionBody = Callable[[Arguments, Budget], Any]

# name -> (least arguments, most arguments or None, function); and and or have none: they do not evaluate all they get
FUNCTIONS: Final[dict[str, tuple[int, int | None, FunctionBody | None]]] = {
    "and": (1, None, None),
    "or": (1, None, None),
    "not": (1, 1, lambda given, budget: not truth(given[0])),
    "eq": (1, None, _eq),
    "ne": (2, 2, lambda given, budget: not _eq(given, budget)),
    "lt": (2, 2, lambda given, budget: _less(given[0], given[1])),
    "le": (2, 2, lambda given, budget: _less(given[0], given[1]) or _eq(given, budget)),
    "gt": (2, 2, lambda given, budget: _less(given[1], given[0])),
    "ge": (2, 2, lambda given, budget: not _less(given[0], given[1])),
    "len": (1, 1, _len),
    "index": (1, None, _index),
    "slice": (1, None, _slice),
    "print": (0, None, lambda given, budget: joined(given)),
    "println": (0, None, _println),
    "printf": (1, None, _printf),
    "html": (0, None, _html),
    "js": (0, None, _js),
    "urlquery": (0, None, _urlquery),
    "call": (1, None, _call),
    "json": (1, 1, lambda given, budget: to_json(given[0])),
    "currentDate": (0, None, _current_date),
    "yesterdayDate": (0, None, _yesterday_date),
    "toTypeScriptType": (1, 1, _typescript),
}
