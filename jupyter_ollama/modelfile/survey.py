"""A text looked through to its end, whatever is wrong with it: for editors, which show all mistakes at once."""

from __future__ import annotations

import re
from itertools import islice

from ..editing import Mark, Severity
from ..errors import ModelfileError, OllamaError, TemplateError
from ..sentences import Sentence, together
from .check import check, notes
from .encoding import clean, kept
from .lexer import MOST_WARNINGS, Lexed, Lexer
from .places import Places

_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\r\n]*")
_TURNING = "\u202a-\u202e\u2066-\u2069"
_HIDDEN = re.compile(f"(?P<turning>[{_TURNING}])|[\u200b\u2060\ufeff]")


class Survey:
    """The commands of a text that can be read, and what is wrong with it.

    Args:
        text: as it stands in the editor. Control characters in it do not count, but they have their places.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.cleaned = clean(text)
        self._lexer = Lexer(self.cleaned)
        self._kept = kept(text)
        self._places = Places(text)
        self.mistakes = self._lexer.survey()
        self.wrong = {self._lexer.places.offset(mistake.line, mistake.column) for mistake in self.mistakes}
        self.commands: list[Lexed] = self._lexer.commands
        self.marks: list[Mark] = []
        for mistake in self.mistakes:
            self._mark_mistake(mistake)
        for one in self.commands:
            self._check(one)
        for found in islice(_HIDDEN.finditer(self.cleaned), MOST_WARNINGS):
            self._mark_hidden(found)
        for warning in self._lexer.warnings:
            self.mark(self._lexer.places.offset(warning.line, warning.column), warning.message, "warning")
        for command, note in islice(notes(one.command for one in self.commands if _is_known(one)), MOST_WARNINGS):
            self.mark(self._lexer.places.offset(command.line, command.column), note, "warning")

    def original(self, offset: int) -> int:
        """Where something lies in the editor; offsets of commands count cleaned characters."""
        return offset if self._kept is None else self._kept[offset]

    def mark(self, start: int, text: str, severity: Severity = "error", *, line: bool = False) -> None:
        """Mark the word at an offset of the cleaned text, or its line from there on."""
        found = (_LINE if line else _WORD).match(self.cleaned, start)
        stop = start + len(found[0].rstrip()) if found else start
        stop = max(stop, min(start + 1, len(self.cleaned)))
        at, end = self._places.at(self.original(start)), self._places.at(self.original(stop))
        self.marks.append(Mark(*at, *(end if end[0] == at[0] else (at[0], at[1] + 1)), severity, text))

    def mark_value(self, one: Lexed, error: OllamaError, line: int = 1, column: int = 1) -> None:
        """Mark a place within a value, by its line and column there."""
        first, before = self._lexer.places.at(one.value_at + len(one.quote))
        offset = self._lexer.places.offset(first + line - 1, before + column - 1 if line == 1 else column)
        self.mark(min(offset, one.end), _said(error), line=line == column == 1)

    def _mark_hidden(self, found: re.Match[str]) -> None:
        character = f"U+{ord(found[0]):04X}"
        if found["turning"]:
            text = Sentence("%1 cannot be seen, and turns the direction of what follows: this does not read as it is written.", character)
        else:
            text = Sentence("%1 cannot be seen, but is part of the text.", character)
        self.mark(found.start(), text, "warning")

    def _mark_mistake(self, mistake: ModelfileError) -> None:
        start = self._lexer.places.offset(mistake.line, mistake.column)
        self.mark(start, _said(mistake), line="opens here" in mistake.message)

    def _check(self, one: Lexed) -> None:
        try:
            check(one.command)
        except OllamaError as error:
            at_value = "value" in error.facts or one.command.name in ("requires", "message")
            self.mark(one.value_at if at_value else one.key_at, _said(error), line=at_value)


def _is_known(one: Lexed) -> bool:
    try:
        check(one.command)
    except OllamaError:
        return False
    return True


def _said(error: OllamaError) -> str:
    """Its text, without the place that it begins with."""
    message = error.reason if isinstance(error, ModelfileError | TemplateError) and "reason" in error.facts else error.message
    return together(message, error.hint)
