"""How printf shows one value for one verb, with its flags, width and precision. Digits of numbers are in numbers.py.

Source: https://pkg.go.dev/fmt#hdr-Printing and its behaviour (Go 1.27).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..limits import Budget
from .encode import to_json
from .literals import quote, shows
from .numbers import BASES, floating, integer, sign
from .values import JSONList, JSONMap, Record, Words, kind, text

GO_SYNTAX = "v"
"""The flag that %#v has instead of the number sign, which means something else to other verbs."""

FIELD_NAMES = "f"
"""The flag that %+v has instead of the plus sign."""


def typed(value: Any, budget: Budget) -> str:
    """A value with its type, as the marks of mistakes show it."""
    shown = "<nil>" if value is None else f"{kind(value)}={text(value, to_json)}"
    budget.grow(len(shown))
    return shown


@dataclass(frozen=True, slots=True)
class Verb:
    """One directive, ready for values."""

    verb: str
    flags: frozenset[str]
    width: int | None
    precision: int | None
    budget: Budget

    def show(self, value: Any) -> str:
        """The text of an argument. Raises: TemplateError when it would be too much."""
        if value is None:
            return self.pad("<nil>") if self.verb in "vT" else f"%!{self.verb}(<nil>)"
        if self.verb == "T":
            return self.string(kind(value), "s")
        if self.verb in "pw" and isinstance(value, list | tuple | dict | Record):
            return self.bad(value)  # addresses of memory and wrapped errors have no meaning here
        return self.any(value)

    def any(self, value: Any) -> str:
        """A value, be it an argument or inside of one."""
        self.budget.step()
        self.budget.grow((self.width or 0) + (self.precision or 0))
        if value is None:
            return "interface {}(nil)" if GO_SYNTAX in self.flags else "<nil>"
        if isinstance(value, bool):
            return self.pad("true" if value else "false") if self.verb in "tv" else self.bad(value)
        if isinstance(value, int):
            return self.integer(value)
        if isinstance(value, float):
            return self.floating(value)
        if isinstance(value, str):
            return self.string(value, self.verb)
        return self.container(value)

    def bad(self, value: Any) -> str:
        """The mark of a verb that does not fit; flags and width count inside of it too."""
        return f"%!{self.verb}({kind(value)}={replace(self, verb='v').any(value)})"

    def pad(self, shown: str, zeros: bool = True) -> str:
        """Fill up to the width: blanks, or zeros on the left."""
        missing = (self.width or 0) - len(shown)
        if missing <= 0:
            return shown
        if "-" in self.flags:
            return shown + " " * missing
        return ("0" if zeros and "0" in self.flags else " ") * missing + shown

    # numbers

    def integer(self, value: int) -> str:
        if self.verb in BASES:
            return self.pad(integer(value, self.verb, self.flags, self.width, self.precision), zeros=False)
        if self.verb == "c":
            return self.pad(_character(value))
        if self.verb == "q":
            return self.pad(quote(_character(value), "'", ascii_only="+" in self.flags))
        if self.verb == "U":
            shown = f"U+{value % 2**64:0{max(4, self.precision or 0)}X}"
            shows_it = "#" in self.flags and 0 <= value <= 0x10FFFF and shows(chr(value))
            return self.pad(f"{shown} '{chr(value)}'" if shows_it else shown, zeros=False)
        return self.bad(value)

    def floating(self, value: float) -> str:
        shown = floating(value, self.verb, self.flags, self.precision)
        if shown is None:
            return self.bad(value)
        negative, digits = shown[0] == "-", shown.lstrip("+-")
        mark = sign(negative, self.flags)
        if digits in ("Inf", "NaN"):
            return self.pad((mark if digits == "NaN" else mark or "+") + digits, zeros=False)
        if mark and "0" in self.flags and "-" not in self.flags:
            return mark + digits.rjust((self.width or 0) - 1, "0")
        return self.pad(mark + digits)

    # texts

    def string(self, value: str, verb: str) -> str:
        self.budget.step(len(value) >> 3 if verb in "qxX" else 0)
        if verb in "xX":
            return self.hexadecimal(value.encode("utf-8", "surrogateescape"), verb)
        cut = value if self.precision is None else value[: self.precision]
        self.budget.grow(len(cut))
        if verb == "q" or (verb == "v" and GO_SYNTAX in self.flags):
            raw = "#" in self.flags and _can_stand_raw(cut)
            return self.pad(f"`{cut}`" if raw else quote(cut, ascii_only="+" in self.flags))
        return self.pad(cut) if verb in "vs" else self.bad(value)

    def hexadecimal(self, value: bytes, verb: str) -> str:
        part = value if self.precision is None else value[: self.precision]
        self.budget.grow(2 * len(part))
        prefix = "0x" if "#" in self.flags and part else ""
        shown = " ".join(prefix + f"{one:02x}" for one in part) if " " in self.flags else prefix + part.hex()
        return self.pad(shown if verb == "x" else shown.upper())

    # containers: the directive goes to every item

    def container(self, value: Any) -> str:
        syntax = GO_SYNTAX in self.flags
        if self.verb in "vsxXq" and not syntax and _prints_as_text(value):
            return self.string(text(value, to_json), self.verb)
        if isinstance(value, bytes) and self.verb in "sqxX":
            return self.string(value.decode("utf-8", "surrogateescape"), self.verb)
        if isinstance(value, dict):
            items = [f"{self.any(str(key))}:{self.any(value[key])}" for key in sorted(value)]
        elif isinstance(value, Record):
            names = syntax or FIELD_NAMES in self.flags
            items = [f"{name}:{self.any(one)}" if names else self.any(one) for name, one in value.fields.items()]
        elif isinstance(value, list | tuple | bytes):
            items = list(map(self.any, value))
        else:
            return self.bad(value)
        if syntax:
            return f"{kind(value)}{{{', '.join(items)}}}"
        if isinstance(value, Record):
            return f"{{{' '.join(items)}}}"
        return f"{'map' if isinstance(value, dict) else ''}[{' '.join(items)}]"


def _prints_as_text(value: Any) -> bool:
    """Whether the value has a text form of its own (Go's Stringer)."""
    return isinstance(value, JSONList | JSONMap | Words) or (isinstance(value, Record) and value.json is not None)


def _can_stand_raw(value: str) -> bool:
    return not any((one < " " and one != "\t") or one in "`\x7f\ufeff" or "\ud800" <= one <= "\udfff" for one in value)


def _character(code: int) -> str:
    return chr(code) if 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
