"""Go's printf: finds the directives in a layout and hands them their arguments. How a value is shown is in verbs.py.

A directive is ``%``, flags, width, precision, verb; before width, precision and verb may stand the number of an argument,
``[2]``. A mistake does not raise, it shows in the text: ``%!d(string=x)``, ``%!d(MISSING)``, ``%!(EXTRA int=1)``.
Source: https://pkg.go.dev/fmt and its behaviour (Go 1.27).
"""

from __future__ import annotations

from typing import Any

from ..limits import Budget
from .verbs import FIELD_NAMES, GO_SYNTAX, Verb, typed

_TOO_LARGE = 1_000_000
_DIGITS = "0123456789"


def printf(layout: str, arguments: list[Any], budget: Budget) -> str:
    """Go's Sprintf. Raises: TemplateError when it would make too much text."""
    return _Printf(layout, arguments, budget).run()


class _Printf:
    """Walks the layout; ``at`` is the next character, ``place`` the next argument."""

    def __init__(self, layout: str, arguments: list[Any], budget: Budget) -> None:
        self.layout = layout
        self.arguments = arguments
        self.budget = budget
        self.at = 0
        self.place = 0
        self.reordered = False
        self.good_index = True
        self.parts: list[str] = []

    def run(self) -> str:
        layout, parts = self.layout, self.parts
        while True:
            found = layout.find("%", self.at)
            if found < 0:
                parts.append(layout[self.at :])
                break
            parts.append(layout[self.at : found])
            self.at = found + 1
            self.budget.step()
            self.directive()
        if not self.reordered and self.place < len(self.arguments):
            extra = ", ".join([typed(one, self.budget) for one in self.arguments[self.place :]])
            parts.append(f"%!(EXTRA {extra})")
        return "".join(parts)

    def directive(self) -> None:
        self.good_index = True
        flags = self.flags()
        after_index = self.jump()
        width, after_index = self.width(flags, after_index)
        precision, after_index = self.precision(after_index)
        if not after_index:
            self.jump()
        verb = self.layout[self.at : self.at + 1]
        self.at += 1
        self.parts.append(self.value(verb, flags, width, precision))

    def flags(self) -> set[str]:
        start = self.at
        while self.layout[self.at : self.at + 1] in tuple("#0+- "):
            self.at += 1
        return set(self.layout[start : self.at])

    def jump(self) -> bool:
        """``[n]``: go on with argument n; whether a number stood there."""
        if not self.layout.startswith("[", self.at):
            return False
        self.reordered = True
        end = self.layout.find("]", self.at)
        inside = self.layout[self.at + 1 : end] if end > self.at + 1 else ""
        self.at = self.at + 1 if end < 0 or len(self.layout) - self.at < 3 else end + 1
        is_number = inside != "" and not inside.strip(_DIGITS) and len(inside) < 8
        if is_number and 1 <= int(inside) <= len(self.arguments):
            self.place = int(inside) - 1
            return True
        self.good_index = False
        return is_number

    def width(self, flags: set[str], after_index: bool) -> tuple[int | None, bool]:
        if self.layout.startswith("*", self.at):
            width = self.star("%!(BADWIDTH)")
            if width is not None and width < 0:
                width = -width
                flags.add("-")
                flags.discard("0")
            return width, False
        width = self.number()
        if after_index and width is not None:
            self.good_index = False
        return width, after_index

    def precision(self, after_index: bool) -> tuple[int | None, bool]:
        if not self.layout.startswith(".", self.at) or self.at + 1 >= len(self.layout):
            return None, after_index
        self.at += 1
        if after_index:
            self.good_index = False
        after_index = self.jump()
        if self.layout.startswith("*", self.at):
            return self.star("%!(BADPREC)", least=0), False
        return self.number() or 0, after_index

    def number(self) -> int | None:
        """The digits that stand here; at a number beyond a million Go gives up on the rest of the layout."""
        number = None
        while (digit := self.layout[self.at : self.at + 1]) and digit in _DIGITS:
            if number is not None and number > _TOO_LARGE:
                self.at = len(self.layout)
                return None
            number = (number or 0) * 10 + int(digit)
            self.at += 1
        return number

    def star(self, mark: str, least: int = -_TOO_LARGE) -> int | None:
        """A width or precision that is the next argument; None, and a mark in the text, if it is none."""
        self.at += 1
        value = self.arguments[self.place] if self.place < len(self.arguments) else None
        self.place = min(self.place + 1, max(self.place, len(self.arguments)))
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= _TOO_LARGE:
            return value
        self.parts.append(mark)
        return None

    def value(self, verb: str, flags: set[str], width: int | None, precision: int | None) -> str:
        if not verb:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if not self.good_index:
            return f"%!{verb}(BADINDEX)"
        if self.place >= len(self.arguments):
            return f"%!{verb}(MISSING)"
        value = self.arguments[self.place]
        self.place += 1
        if verb in "vw":  # %+v means names of fields, not signs; %#v means Go syntax
            syntax = ({GO_SYNTAX} if "#" in flags else set()) | ({FIELD_NAMES} if "+" in flags else set())
            flags = flags - {"+", "#"} | syntax
        return Verb(verb, frozenset(flags), width, precision, self.budget).show(value)
