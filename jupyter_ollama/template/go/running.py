"""What a template has at hand while it runs: the budget, the text so far, how deep it is; and the shapes of compiled parts.

A template is compiled once into nested functions. Each takes the run, the variables of the template that is running (its
frame, with ``$`` first), and the dot. Parts of a body return None, or what a loop shall do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ..limits import NESTING, Budget
from .trouble import Trouble

Frame: TypeAlias = list[Any]
Value: TypeAlias = "Callable[[Run, Frame, Any], Any]"
"""A compiled operand or pipeline."""
Piped: TypeAlias = "Callable[[Run, Frame, Any, Any], Any]"
"""A compiled call that also takes what the pipe hands on, or NOTHING."""
Part: TypeAlias = "Callable[[Run, Frame, Any], str | None]"
"""A compiled node; what it returns is BREAK, CONTINUE or None."""

BREAK: Final = "break"
CONTINUE: Final = "continue"
NOTHING: Final = object()
"""No value came through the pipe, or a variable was never set (None is a value)."""


class Run:
    """One rendering."""

    __slots__ = ("budget", "depth", "output")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.output: list[str] = []
        self.depth = 0

    def emit(self, shown: str) -> None:
        self.budget.grow(len(shown))
        self.output.append(shown)

    def deeper(self, at: int) -> None:
        """One level down; who calls it counts up again. Raises: Trouble."""
        self.depth += 1
        if self.depth > NESTING:
            raise Trouble(f"runs more than {NESTING} levels deep", at, "Does a template call itself without end?")
