"""What is wrong with a schema, and where."""

from __future__ import annotations

from ..errors import OptionError
from ..sentences import Sentence

HINT = "Leave it out, or describe the answer in simpler words."


class SchemaTrouble(Exception):
    """A schema that cannot be used. ``place`` is a JSON pointer, built from the inside out."""

    def __init__(self, reason: str, hint: str = HINT) -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint
        self.place: list[str] = []

    def within(self, *keys: str | int) -> SchemaTrouble:
        """The same, seen from further out."""
        self.place[:0] = [str(key) for key in keys]
        return self

    def as_error(self) -> OptionError:
        """The error that a user sees."""
        pointer = "/".join(["#", *self.place])
        message = Sentence("The schema given as format cannot be used: %1.", Sentence.of(self.reason))
        if self.place:
            message = Sentence("The schema given as format cannot be used: %1 at %2.", Sentence.of(self.reason), pointer)
        return OptionError(message, hint=self.hint, option="format", place=pointer)
