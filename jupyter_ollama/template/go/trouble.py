"""An error inside the interpreter before it is known where in the text it is; and how it becomes a TemplateError."""

from __future__ import annotations

from ...errors import TemplateError
from ...sentences import Sentence


class Trouble(Exception):
    """Something is wrong at an offset of the source (-1: the one who catches it knows)."""

    def __init__(self, detail: str, at: int = -1, hint: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.at = at
        self.hint = hint

    def placed(self, at: int) -> Trouble:
        """The same at another offset."""
        return Trouble(self.detail, at, self.hint)

    def again(self) -> Trouble:
        """A copy to be raised: one that is raised again and again would collect its tracebacks."""
        return self.placed(self.at)

    def located(self, source: str) -> TemplateError:
        """The same as a TemplateError with line and column, both from 1."""
        at = min(max(self.at, 0), len(source))
        line = source.count("\n", 0, at) + 1
        column = at - source.rfind("\n", 0, at)
        reason = Sentence("%1.", Sentence.of(self.detail))
        message = Sentence("Template line %1, column %2: %3", line, column, Sentence.of(reason))
        return TemplateError(message, hint=self.hint, line=line, column=column, reason=reason)
