"""Go's printf: verbs, flags, widths, argument indexes, and its own marks for mistakes (``%!d(string=x)``).

Source: https://pkg.go.dev/fmt (Go 1.24).
"""

from __future__ import annotations

import re
from typing import Any

from .encode import to_json
from .literals import quote
from .values import PLAIN_FLOAT, Record, float_text, kind, text
from ..limits import Budget

_DIRECTIVE = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width_at>\[[^\]]*\])?(?P<width>\*|[0-9]+)?"
    r"(?P<dot>\.(?P<precision_at>\[[^\]]*\])?(?P<precision>\*|[0-9]+)?)?(?P<value_at>\[[^\]]*\])?(?P<verb>.)?",
    re.DOTALL,
)
_TOO_LARGE = 1_000_000


def printf(layout: str, arguments: list[Any], budget: Budget) -> str:
    """Go's Sprintf. A mistake does not raise: it shows in the text, as in Go."""
    return _Formatter(arguments, budget).run(layout)


class _Formatter:
    def __init__(self, arguments: list[Any], budget: Budget) -> None:
        self.arguments = arguments
        self.budget = budget
        self.place = 0
        self.reordered = False
        self.bad_index = False

    def run(self, layout: str) -> str:
        parts: list[str] = []
        at = 0
        while (percent := layout.find("%", at)) >= 0:
            parts.append(layout[at:percent])
            found = _DIRECTIVE.match(layout, percent)
            if found is None:
                raise AssertionError("a percent sign is a directive")
            self.budget.step()
            parts.append(self.directive(found))
            at = found.end()
        parts.append(layout[at:])
        if not self.reordered and self.place < len(self.arguments):
            extra = ", ".join(_typed(one) for one in self.arguments[self.place :])
            parts.append(f"%!(EXTRA {extra})")
        return "".join(parts)

    def directive(self, found: re.Match[str]) -> str:
        flags = set(found["flags"])
        self.bad_index = self.reordered = False
        self.jump(found["width_at"])
        width, before = self.size(found["width"], "WIDTH")
        if width is not None and width < 0:
            flags, width = flags | {"-"}, -width
        self.jump(found["precision_at"])
        precision, wrong = self.size(found["precision"], "PREC")
        if found["dot"] and precision is None and not wrong:
            precision = 0
        if precision is not None and precision < 0:
            precision, wrong = None, "%!(BADPREC)"
        before += wrong
        self.jump(found["value_at"])
        return before + self.value(found["verb"], flags, width, precision)

    def jump(self, index: str | None) -> None:
        """``[n]``: go on with argument n."""
        if index is None:
            return
        self.reordered = True
        number = index[1:-1]
        if number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= len(self.arguments):
            self.place = int(number[:9]) - 1
        else:
            self.bad_index = True

    def size(self, written: str | None, name: str) -> tuple[int | None, str]:
        if written is None:
            return None, ""
        if written != "*":
            number = int(written[:9])
            return (number, "") if number <= _TOO_LARGE else (None, f"%!(BAD{name})")
        value = self.arguments[self.place] if self.place < len(self.arguments) else None
        self.place += 1
        if isinstance(value, int) and not isinstance(value, bool) and -_TOO_LARGE <= value <= _TOO_LARGE:
            return value, ""
        return None, f"%!(BAD{name})"

    def value(self, verb: str | None, flags: set[str], width: int | None, precision: int | None) -> str:
        if verb is None:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if self.bad_index:
            return f"%!{verb}(BADINDEX)"
        if self.place >= len(self.arguments):
            return f"%!{verb}(MISSING)"
        value = self.arguments[self.place]
        self.place += 1
        self.budget.grow((width or 0) + (precision or 0))
        return _Verb(verb, flags, width, precision, self.budget).show(value)


def _typed(value: Any) -> str:
    return "<nil>" if value is None else f"{kind(value)}={text(value, to_json)}"


class _Verb:
    """One directive, ready to be applied to values."""

    def __init__(self, verb: str, flags: set[str], width: int | None, precision: int | None, budget: Budget) -> None:
        self.verb = verb
        self.flags = flags
        self.width = width
        self.precision = precision
        self.budget = budget

    def show(self, value: Any) -> str:
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
        return f"%!{self.verb}({_typed(value)})"

    def pad(self, shown: str) -> str:
        """Fill up to the width: blanks, or zeros on the left."""
        missing = (self.width or 0) - len(shown)
        if missing <= 0:
            return shown
        if "-" in self.flags:
            return shown + " " * missing
        return ("0" if "0" in self.flags else " ") * missing + shown

    def pad_number(self, shown: str) -> str:
        """Zeros of a number stand between its sign and its digits."""
        if "0" in self.flags and "-" not in self.flags and shown[:1] in ("+", "-", " "):
            inner = _Verb(self.verb, self.flags, (self.width or 1) - 1, None, self.budget)
            return shown[0] + inner.pad(shown[1:])
        return self.pad(shown)

    def sign(self, negative: bool) -> str:
        if negative:
            return "-"
        return "+" if "+" in self.flags else " " if " " in self.flags else ""

    # integers

    def integer(self, value: int) -> str:
        if self.verb in _BASES:
            return self.based(value, *_BASES[self.verb])
        if self.verb == "c":
            return self.pad(_character(value))
        if self.verb == "q":
            return self.pad(quote(_character(value), "'", ascii_only="+" in self.flags))
        if self.verb == "U":
            shown = f"U+{value:0{max(4, self.precision or 0)}X}"
            return self.pad(f"{shown} {quote(chr(value), chr(39))}" if "#" in self.flags and _valid(value) else shown)
        return self.bad(value)

    def based(self, value: int, code: str, prefix: str) -> str:
        digits = format(abs(value), code)
        if self.precision is not None:
            digits = "" if self.precision == 0 and value == 0 else digits.rjust(self.precision, "0")
            self.flags = self.flags - {"0"}
        if self.verb == "O" or "#" in self.flags:
            digits = prefix + digits if not (prefix == "0" and digits.startswith("0")) else digits
        return self.pad_number(self.sign(value < 0) + digits)

    # floats

    def floating(self, value: float) -> str:
        shown = self.float_digits(value)
        if shown is None:
            return self.bad(value)
        if shown[0] not in "+-":
            shown = self.sign(False) + shown
        elif shown.startswith("+") and "+" not in self.flags:
            shown = shown if shown == "+Inf" else self.sign(False) + shown[1:]
        if "Inf" in shown or "NaN" in shown:
            self.flags = self.flags - {"0"}
        return self.pad_number(shown)

    def float_digits(self, value: float) -> str | None:
        verb, precision = self.verb, self.precision
        if value != value or value in (float("inf"), float("-inf")):
            return float_text(value) if verb in "vgGeEfFxXb" else None
        if verb in "vgG":
            if precision is None:
                shown = float_text(value, high=PLAIN_FLOAT if verb == "v" or "#" not in self.flags else PLAIN_FLOAT)
                return shown.upper() if verb == "G" else shown
            shown = format(value, f".{precision or 1}{'G' if verb == 'G' else 'g'}")
            return shown
        if verb in "eE":
            return format(value, f".{6 if precision is None else precision}{verb}")
        if verb in "fF":
            return format(value, f".{6 if precision is None else precision}f")
        if verb in "xX":
            return _hexadecimal(value, verb)
        return None

    # texts

    def string(self, value: str) -> str:
        if self.verb in "vs":
            return self.pad(value if self.precision is None else value[: self.precision])
        cut = value if self.precision is None else value[: self.precision]
        if self.verb == "q":
            raw = "#" in self.flags and "`" not in cut and cut.isprintable()
            return self.pad(f"`{cut}`" if raw else quote(cut, ascii_only="+" in self.flags))
        if self.verb in "xX":
            return self.pad(self.hexadecimal_bytes(value.encode("utf-8", "surrogateescape")))
        return self.bad(value)

    def hexadecimal_bytes(self, value: bytes) -> str:
        part = value if self.precision is None else value[: self.precision]
        prefix = f"0{self.verb}" if "#" in self.flags else ""
        if " " in self.flags:
            shown = " ".join(prefix + f"{one:02x}" for one in part)
        else:
            shown = (prefix if part else "") + part.hex()
        return shown if self.verb == "x" else shown.upper()

    # containers: the directive goes to every item

    def container(self, value: Any) -> str:
        if self.verb == "v" or (self.verb == "s" and _prints_as_text(value)):
            return self.pad(text(value, to_json)) if _prints_as_text(value) else self.nested(value)
        if isinstance(value, bytes):
            return self.data(value)
        if _prints_as_text(value):
            return self.string(text(value, to_json))
        return self.nested(value)

    def data(self, value: bytes) -> str:
        if self.verb in "sqxX":
            if self.verb in "xX":
                return self.pad(self.hexadecimal_bytes(value))
            return self.string(value.decode("utf-8", "surrogateescape"))
        return self.nested(list(value))

    def nested(self, value: Any) -> str:
        self.budget.step(1 + (0 if isinstance(value, Record) else len(value)))
        if isinstance(value, dict):
            pairs = (f"{self.show(key)}:{self.show(value[key])}" for key in sorted(value))
            return f"map[{' '.join(pairs)}]"
        if isinstance(value, Record):
            return f"{{{' '.join(map(self.show, value.fields.values()))}}}"
        self.budget.grow(len(value) * ((self.width or 0) + 2))
        return f"[{' '.join(map(self.show, value))}]"


_BASES = {"d": ("d", ""), "v": ("d", ""), "b": ("b", "0b"), "o": ("o", "0"), "O": ("o", "0o"), "x": ("x", "0x"), "X": ("X", "0X")}


def _prints_as_text(value: Any) -> bool:
    """Whether the value has a text form of its own (Go's Stringer)."""
    return getattr(value, "json", None) is not None or type(value).__name__ in ("JSONList", "JSONMap", "Words")


def _valid(code: int) -> bool:
    return 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def _character(code: int) -> str:
    return chr(code) if _valid(code) else "\ufffd"


def _hexadecimal(value: float, verb: str) -> str:
    mantissa, _, exponent = value.hex().partition("p")
    sign = exponent[0]
    shown = f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}p{sign}{int(exponent[1:]):02d}"
    return shown if verb == "x" else shown.upper()
