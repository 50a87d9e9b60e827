"""What one rendering may use: steps, characters, depth. Templates come out of model files, so they are hostile input.

Both template languages count against the same ``Budget``; whoever runs out gets a TemplateError, never a hang.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from ..errors import TemplateError
from ..sentences import Sentence

SOURCE_CHARS = 200_000
"""The longest template text; published templates stay below 50,000 characters."""

NESTING = 100
"""How deep blocks, parentheses and template calls may nest, in the text and while it runs."""

_CLOCK_EVERY = 4096
_CLOCK_EVERY_TICKS = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one rendering.

    Units: ``steps`` are executed nodes, iterations and calls; ``chars`` counts all text made, printed or not;
    ``seconds`` is wall time, looked at every few thousand steps.
    """

    steps: int = 1_000_000
    chars: int = 50_000_000
    seconds: float = 5.0


DEFAULT_LIMITS = Limits()


class Budget:
    """What is left of the limits while one template runs."""

    __slots__ = ("_deadline", "_next_look", "_ticks_left", "chars_left", "limits", "steps_left")

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.steps_left = limits.steps
        self.chars_left = limits.chars
        self._next_look = limits.steps - _CLOCK_EVERY
        self._ticks_left = _CLOCK_EVERY_TICKS
        self._deadline = monotonic() + limits.seconds

    def step(self, count: int = 1) -> None:
        """Pay for work. Raises: TemplateError when the steps or the time are used up."""
        self.steps_left -= count
        if self.steps_left < self._next_look:
            self._look()

    def tick(self, n_chars: int = 0) -> None:
        """Pay for some text and for one step that may take long: the clock is looked at soon. Raises: TemplateError."""
        if n_chars:
            self.grow(n_chars)
        self.steps_left -= 1
        self._ticks_left -= 1
        if self._ticks_left < 0:
            self._look()

    def grow(self, n_chars: int) -> None:
        """Pay for text before it is made. Raises: TemplateError when there would be too much of it."""
        self.chars_left -= n_chars
        if self.chars_left < 0:
            raise TemplateError(
                Sentence("The template makes more than %1 characters of text.", f"{self.limits.chars:,}"), hint=_LOOPS, line=0, column=0
            )

    def _look(self) -> None:
        if self.steps_left < 0 or monotonic() > self._deadline:
            raise TemplateError(
                Sentence("The template does not finish: it was stopped after %1 steps.", f"{self.limits.steps - self.steps_left:,}"),
                hint=_LOOPS,
                line=0,
                column=0,
            )
        self._next_look = self.steps_left - _CLOCK_EVERY
        self._ticks_left = _CLOCK_EVERY_TICKS


_LOOPS = "Look for a loop or a recursion that grows without end."


def check_source(source: str) -> None:
    """Refuse a text that is too long to be a template. Raises: TemplateError."""
    if len(source) > SOURCE_CHARS:
        raise TemplateError(
            Sentence("The template has %1 characters; at most %2 are read.", f"{len(source):,}", f"{SOURCE_CHARS:,}"),
            hint="A chat template has a few thousand characters: check that this is one.",
            line=0,
            column=0,
        )
