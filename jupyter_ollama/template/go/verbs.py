"""How printf shows one value for one verb, with its flags, width and precision.

Source: https://pkg.go.dev/fmt#hdr-Printing (Go 1.24).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ..limits import Budget
from .encode import to_json
from .literals import quote
from .values import PLAIN_FLOAT, JSONList, JSONMap, Record, Words, float_text, kind, text

GO_SYNTAX = "v"
"""The flag that %#v has instead of the number sign, which means something else to other verbs."""

_BASES = {
    "d": ("d", ""),
    "v": ("d", ""),
    "b": ("b", "0b"),
    "o": ("o", "0"),
    "O": ("o", "0o"),
    "x": ("x", "0x"),
    "X": ("X", "0X"),
}


def typed(value: Any) -> str:
    """A value with its type, as the marks of mistakes show it."""
    return "<nil>" if value is None else f"{kind(value)}={text(value, to_json)}"


@dataclass(frozen=True, slots=True)
class Verb:
    """One directive, ready for values."""

    verb: str
    flags: frozenset[str]
    width: int | None
    precision: int | None
    budget: Budget

    def show(self, value: Any) -> str:
        """The text of a value. Raises: TemplateError when it would be too much."""
        self.budget.step()
        self.budget.grow((self.width or 0) + (self.precision or 0))
        if self.verb == "T":
            return self.pad("<nil>" if value is None else kind(value))
        if value is None:
            return self.pad("<nil>") if self.verb == "v" else f"%!{self.verb}(<nil>)"
        if isinstance(value, bool):
            return self.pad("true" if value else "false") if self.verb in "tv" else self.bad(value)
        if isinstance(value, int):
            return self.integer(value)
        if isinstance(value, float):
            return self.floating(value)
        if isinstance(value, str):
            return self.string(value)
        return self.container(value)

    def bad(self, value: Any) -> str:
        """The mark of a verb that does not fit; flags and width count inside of it too."""
        return f"%!{self.verb}({kind(value)}={replace(self, verb='v').show(value)})"

    def item(self, value: Any) -> str:
        """An item of a container: nil is nil for every verb."""
        return "<nil>" if value is None else self.show(value)

    def pad(self, shown: str) -> str:
        """Fill up to the width: blanks, or zeros on the left."""
        missing = (self.width or 0) - len(shown)
        if missing <= 0:
            return shown
        if "-" in self.flags:
            return shown + " " * missing
        return ("0" if "0" in self.flags else " ") * missing + shown

    def pad_number(self, sign: str, digits: str) -> str:
        """Zeros of a number stand between its sign and its digits."""
        if "0" in self.flags and "-" not in self.flags:
            return sign + digits.rjust((self.width or 0) - len(sign), "0")
        return self.pad(sign + digits)

    def sign(self, negative: bool) -> str:
        if negative:
            return "-"
        return "+" if "+" in self.flags else " " if " " in self.flags else ""

    # numbers

    def integer(self, value: int) -> str:
        if self.verb in _BASES:
            return self.based(value, *_BASES[self.verb])
        if self.verb == "c":
            return self.pad(_character(value))
        if self.verb == "q":
            return self.pad(quote(_character(value), "'", ascii_only="+" in self.flags))
        if self.verb == "U":
            shown = f"U+{value % 2**64:0{max(4, self.precision or 0)}X}"
            return self.pad(f"{shown} '{_character(value)}'" if "#" in self.flags else shown)
        return self.bad(value)

    def based(self, value: int, code: str, prefix: str) -> str:
        digits = format(abs(value), code)
        verb = self
        if self.precision is not None:
            digits = "" if self.precision == 0 and value == 0 else digits.rjust(self.precision, "0")
            verb = replace(self, flags=self.flags - {"0"})
        if self.verb == "O" or ("#" in self.flags and not (prefix == "0" and digits.startswith("0"))):
            digits = prefix + digits
        return verb.pad_number(self.sign(value < 0), digits)

    def floating(self, value: float) -> str:
        digits = self.float_digits(abs(value))
        if digits is None:
            return self.bad(value)
        if not math.isfinite(value):
            sign = "" if math.isnan(value) else self.sign(value < 0) or "+"
            return replace(self, flags=self.flags - {"0"}).pad(sign + digits.lstrip("+"))
        return self.pad_number(self.sign(math.copysign(1, value) < 0), digits)

    def float_digits(self, value: float) -> str | None:
        if not math.isfinite(value):
            return float_text(value) if self.verb in "vgGeEfFxXb" else None
        if self.verb in "vgG":
            shown = float_text(value, high=PLAIN_FLOAT)
            if self.precision is not None or "#" in self.flags:
                sharp, default = ("#", max(6, len(shown) - 1)) if "#" in self.flags else ("", 1)
                shown = format(value, f"{sharp}.{self.precision or default}g")
            return shown.upper() if self.verb == "G" else shown
        if self.verb in "eEfF":
            return format(value, f".{6 if self.precision is None else self.precision}{self.verb}")
        if self.verb in "xX":
            return _hexadecimal(value, self.verb)
        if self.verb == "b":
            mantissa, power = math.frexp(value) if value else (0.0, -1021)
            return f"{int(mantissa * 2**53)}p{power - 53:+d}"
        return None

    # texts

    def string(self, value: str) -> str:
        cut = value if self.precision is None else value[: self.precision]
        self.budget.step(len(cut) >> 3 if self.verb in "qxX" else 0)
        if self.verb == "q" or GO_SYNTAX in self.flags:
            raw = self.verb == "q" and "#" in self.flags and "`" not in cut and cut.isprintable()
            return self.pad(f"`{cut}`" if raw else quote(cut, ascii_only="+" in self.flags))
        if self.verb in "vs":
            return self.pad(cut)
        if self.verb in "xX":
            return self.pad(self.hexadecimal(value.encode("utf-8", "surrogateescape")))
        return self.bad(value)

    def hexadecimal(self, value: bytes) -> str:
        part = value if self.precision is None else value[: self.precision]
        prefix = "0x" if "#" in self.flags and part else ""
        shown = " ".join(prefix + f"{one:02x}" for one in part) if " " in self.flags else prefix + part.hex()
        return shown if self.verb == "x" else shown.upper()

    # containers: the directive goes to every item

    def container(self, value: Any) -> str:
        if GO_SYNTAX in self.flags:
            return go_syntax(value)
        if isinstance(value, bytes) and self.verb in "sqxX":
            shown = value.decode("utf-8", "surrogateescape")
            return self.pad(self.hexadecimal(value)) if self.verb in "xX" else self.string(shown)
        if _prints_as_text(value):
            return self.string(text(value, to_json))
        if isinstance(value, dict):
            return f"map[{' '.join(f'{self.show(key)}:{self.item(value[key])}' for key in sorted(value))}]"
        if isinstance(value, Record):
            return f"{{{' '.join(map(self.item, value.fields.values()))}}}"
        if isinstance(value, list | tuple | bytes):
            return f"[{' '.join(map(self.item, value))}]"
        return self.bad(value)


def go_syntax(value: Any) -> str:
    """A value as Go source would write it (%#v)."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return f"{kind(value)}{{{', '.join(f'{quote(key)}:{go_syntax(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, list | tuple):
        return f"{kind(value)}{{{', '.join(map(go_syntax, value))}}}"
    return "interface {}(nil)" if value is None else text(value, to_json)


def _prints_as_text(value: Any) -> bool:
    """Whether the value has a text form of its own (Go's Stringer)."""
    return isinstance(value, JSONList | JSONMap | Words) or (isinstance(value, Record) and value.json is not None)


def _character(code: int) -> str:
    return chr(code) if 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def _hexadecimal(value: float, verb: str) -> str:
    """Go's %x of a float: the shortest hexadecimal digits and at least two of the exponent."""
    mantissa, _, exponent = value.hex().partition("p")
    digits = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    shown = f"{digits}p{exponent[0]}{int(exponent[1:]):02d}"
    return shown if verb == "x" else shown.upper()
