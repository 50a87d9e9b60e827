"""Go's printf: finds the directives in a layout and hands them their arguments. How a value is shown is in verbs.py.

A mistake does not raise, it shows in the text: ``%!d(string=x)``, ``%!d(MISSING)``, ``%!(EXTRA int=1)``.
Source: https://pkg.go.dev/fmt (Go 1.24).
"""

from __future__ import annotations

import re
from typing import Any

from ..limits import Budget
from .verbs import GO_SYNTAX, Verb, typed

_DIRECTIVE = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width_at>\[[^\]]*\])?(?P<width>\*|[0-9]+)?"
    r"(?P<dot>\.(?P<precision_at>\[[^\]]*\])?(?P<precision>\*|[0-9]+)?)?(?P<value_at>\[[^\]]*\])?(?P<verb>.)?",
    re.DOTALL,
)
_TOO_LARGE = 1_000_000


def printf(layout: str, arguments: list[Any], budget: Budget) -> str:
    """Go's Sprintf. Raises: TemplateError when it would make too much text."""
    return _Printf(layout, arguments, budget).run()


class _Printf:
    def __init__(self, layout: str, arguments: list[Any], budget: Budget) -> None:
        self.layout = layout
        self.arguments = arguments
        self.budget = budget
        self.place = 0
        self.reordered = False
        self.good_index = True

    def run(self) -> str:
        parts: list[str] = []
        at = 0
        for found in _DIRECTIVE.finditer(self.layout):
            self.budget.step()
            parts.append(self.layout[at : found.start()])
            at = found.end()
            if _absurd(found["width"]) or _absurd(found["precision"]):  # Go gives up on the rest of the layout
                parts.append("%!(NOVERB)")
                at = len(self.layout)
                break
            parts.append(self.directive(found))
        parts.append(self.layout[at:])
        if not self.reordered and self.place < len(self.arguments):
            extra = ", ".join(typed(one) for one in self.arguments[self.place :])
            parts.append(f"%!(EXTRA {extra})")
        return "".join(parts)

    def directive(self, found: re.Match[str]) -> str:
        flags = set(found["flags"])
        self.good_index = True
        self.jump(found["width_at"])
        width, marks = self.size(found["width"], "%!(BADWIDTH)")
        if width is not None and width < 0:
            flags, width = flags | {"-"}, -width
        self.jump(found["precision_at"])
        precision, mark = self.size(found["precision"], "%!(BADPREC)")
        if precision is not None and precision < 0:
            precision, mark = None, "%!(BADPREC)"
        elif found["dot"] and found["precision"] is None:
            precision = 0
        self.jump(found["value_at"])
        return marks + mark + self.value(found["verb"], flags, width, precision)

    def jump(self, index: str | None) -> None:
        """``[n]``: go on with argument n."""
        if index is None:
            return
        self.reordered = True
        number = index[1:-1]
        if number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= len(self.arguments):
            self.place = int(number[:9]) - 1
        else:
            self.good_index = False

    def size(self, written: str | None, mark: str) -> tuple[int | None, str]:
        """A width or precision from the layout or, for a star, from the next argument; and the mark of a mistake."""
        if written is None:
            return None, ""
        if written != "*":
            return int(written), ""
        value = self.arguments[self.place] if self.place < len(self.arguments) else None
        self.place += 1
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _TOO_LARGE:
            return value, ""
        return None, mark

    def value(self, verb: str | None, flags: set[str], width: int | None, precision: int | None) -> str:
        if verb is None:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if not self.good_index:
            return f"%!{verb}(BADINDEX)"
        if self.place >= len(self.arguments):
            return f"%!{verb}(MISSING)"
        value = self.arguments[self.place]
        self.place += 1
        if verb == "v":  # %+v means field names, not signs; %#v means Go syntax
            flags = flags - {"+", "#"} | ({GO_SYNTAX} if "#" in flags else set())
        return Verb(verb, frozenset(flags), width, precision, self.budget).show(value)


def _absurd(size: str | None) -> bool:
    """Go stops reading a number once it is beyond a million."""
    return size is not None and size != "*" and (len(size.lstrip("0")) > 8 or int(size[:-1] or 0) > _TOO_LARGE)
