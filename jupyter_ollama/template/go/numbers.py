"""Whole numbers and floats as Go's printf writes them, before the width is filled up.

Source: https://pkg.go.dev/fmt and https://pkg.go.dev/strconv#FormatFloat (Go 1.27).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Set

from .values import PLAIN_FLOAT, float_text

BASES = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
"""Verb of a whole number -> Python's code for its base."""

_PREFIXES = {"b": "0b", "x": "0x", "X": "0X"}


def sign(negative: bool, flags: Set[str]) -> str:
    if negative:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""


def integer(value: int, verb: str, flags: Set[str], width: int | None, precision: int | None) -> str:
    """The digits with sign and prefix; a width that asks for zeros is a precision."""
    if precision == 0 and value == 0:
        return ""
    shown_sign = sign(value < 0, flags)
    if precision is None and width is not None and "0" in flags and "-" not in flags:
        precision = width - len(shown_sign)
    digits = format(abs(value), BASES[verb]).rjust(precision or 0, "0")
    if "#" in flags:
        code = BASES[verb]
        digits = _PREFIXES.get(code, "") + digits if code != "o" or digits[0] == "0" else "0" + digits
    return shown_sign + ("0o" if verb == "O" else "") + digits


def floating(value: float, verb: str, flags: Set[str], precision: int | None) -> str | None:
    """The digits with their sign, which is ``+`` where it may be left out; None if the verb is not for floats."""
    shown = _digits(abs(value), verb, precision)
    if shown is None or not math.isfinite(value):
        return shown and ("" if math.isnan(value) else "-" if value < 0 else "+") + shown.lstrip("+")
    if "#" in flags and verb != "b":
        shown = _with_point(shown, verb, precision)
    return ("-" if math.copysign(1, value) < 0 else "+") + shown


def _digits(value: float, verb: str, precision: int | None) -> str | None:
    if not math.isfinite(value):
        return float_text(value) if verb in "vgGeEfFxXb" else None
    if verb in "vgG":
        shown = float_text(value, high=PLAIN_FLOAT) if precision is None else format(value, f".{precision or 1}g")
        return shown.upper() if verb == "G" else shown
    if verb in "eEfF":
        return format(value, f".{6 if precision is None else precision}{verb}")
    if verb in "xX":
        shown = _hexadecimal(value, precision)
        return shown.upper() if verb == "X" else shown
    return _binary(value) if verb == "b" else None


def _with_point(shown: str, verb: str, precision: int | None) -> str:
    """The flag ``#``: always a point, and for general verbs the zeros at the end."""
    wanted = (6 if precision is None else precision) if verb in "vgGx" else 0
    marks = "pP" if verb in "xX" else "eEpP"
    end = min((place for place, one in enumerate(shown) if one in marks), default=len(shown))
    body, tail = shown[:end], shown[end:]
    significant = body.replace(".", "").lstrip("0")
    wanted -= len(significant)
    if "." not in body:
        wanted -= body == "0"
        body += "."
    return body + "0" * wanted + tail


def _parts(value: float) -> tuple[int, int]:
    """Mantissa and power of two: value == mantissa * 2**power, as the float holds them."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    power, mantissa = bits >> 52, bits & (1 << 52) - 1
    return (mantissa | 1 << 52, power - 1075) if power else (mantissa, -1074)


def _binary(value: float) -> str:
    mantissa, power = _parts(value)
    return f"{mantissa}p{power:+d}"


def _hexadecimal(value: float, precision: int | None) -> str:
    """0x1.8p+00: one digit before the point, the fewest after it or ``precision``, and at least two of the exponent."""
    mantissa, power = _parts(value)
    if not mantissa:
        return "0x0" + (f".{'0' * precision}" if precision else "") + "p+00"
    shift = 53 - mantissa.bit_length()
    mantissa, power = mantissa << shift, power - shift + 52
    if precision is None:
        digits = f"{mantissa:x}".rstrip("0")
    else:
        cut = 4 * max(0, 13 - precision)
        half, rest = (1 << cut) >> 1, mantissa & (1 << cut) - 1
        mantissa >>= cut
        mantissa += rest > half or (rest == half > 0 and mantissa & 1)
        if mantissa >> (53 - cut):
            mantissa, power = mantissa >> 1, power + 1
        digits = f"{mantissa:x}".ljust(precision + 1, "0")
    point = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"0x{digits[0]}{point}p{'-' if power < 0 else '+'}{abs(power):02d}"
