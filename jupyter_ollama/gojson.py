"""JSON with the bytes that Go's encoder writes, so that equal content has equal digests.

Compact; map keys sorted, struct keys in order (``Struct``); ``< > &`` and the two Unicode line separators escaped; other text raw UTF-8;
floats in their shortest form, ``1`` not ``1.0``; a newline at the end.
Source: encoding/json of the Go standard library.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_SURROGATES = re.compile("[\ud800-\udfff]")


class Struct(dict[str, Any]):
    """A mapping whose keys are written in the order they were put in."""


def encode(value: Any) -> bytes:
    """The JSON text of ``value`` and a newline.

    Raises: ValueError for a number JSON cannot hold (inf, nan), TypeError for a type it does not know.
    """
    return (_text(value) + "\n").encode("utf-8")


def text(value: Any) -> str:
    """The JSON text of ``value`` without the newline, as templates print it."""
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        clean = _SURROGATES.sub("\ufffd", value)
        return json.dumps(clean, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping):
        items = value.items() if isinstance(value, Struct) else sorted(value.items())
        return "{" + ",".join(f"{_text(str(key))}:{_text(item)}" for key, item in items) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON form")


def number(value: float) -> str:
    """A float in Go's shortest form: plain decimals between 1e-6 and 1e21, else an exponent without leading zeros."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    mantissa, _, exponent = f"{value!r}e".partition("e")
    power = int(exponent.rstrip("e") or 0)
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, fraction = digits.partition(".")
    point = len(whole) + power
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if 1e-6 <= abs(value) < 1e21:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}"
        if len(digits) <= point:
            return sign + digits.ljust(point, "0")
        return f"{sign}{digits[:point]}.{digits[point:]}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"
