"""From text to commands, by Ollama's grammar; values are not looked into.

An instruction is a keyword, one blank, and a value that ends with its line or its quotes; PARAMETER and MESSAGE have a word and
another single blank in between. ``#`` begins a comment only where an instruction could begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ModelfileError
from ..sentences import Sentence, together
from . import continuation
from .command import KEYWORDS, ROLES, TEXTS, Command, ModelfileWarning
from .mistakes import Mistakes
from .places import Places
from .quoting import closing, has_text_behind, quote_at, quoted
from .spelling import nearest

_BETWEEN = re.compile(r"(?:[\s\u00ad\u200b-\u200f\u2060\ufeff]++|#[^\r\n]*+)*+")
_WORD = re.compile(r".[A-Za-z]*", re.DOTALL)
_LETTERS = re.compile(r"[A-Za-z]*")
_KEY = re.compile(r"[A-Za-z0-9_]*")
_BLANKS = re.compile(r"[^\S\r\n]*")
_SPACE = re.compile(r"\s*")
_FROM = re.compile(r"\s*from", re.IGNORECASE)
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_LINE_WORD = re.compile(r"[\r\n][^\S\r\n]*([A-Za-z]+)")
MOST_WARNINGS = MOST_MISTAKES = 100


@dataclass(frozen=True, slots=True)
class Lexed:
    """A command and its offsets: of its keyword, of the word that says what is set (a parameter's name, a role, else the keyword), of its
    value with its ``quote``, and behind all of it.
    """

    command: Command
    start: int
    key_at: int
    value_at: int
    end: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before a value: the keyword as it is spelled, the command's name, and the role of a MESSAGE."""

    start: int
    word: str
    name: str
    key_at: int
    role: str = ""


class Lexer:
    """Reads one text once, from its beginning to its end, in a time that grows with its length only."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = Places(text)
        self.mistakes = Mistakes(self.places)
        self.warnings: list[ModelfileWarning] = []
        self.commands: list[Lexed] = []
        self.is_open = False
        """Whether a quoted text was found that never ends."""
        self._quoted_text_before = ""
        self._prose_from: list[int] = []

    def run(self) -> list[Lexed]:
        """All commands.

        Raises: ModelfileError.
        """
        offset = self._skip(0)
        while offset < len(self.text):
            offset = self._skip(self._instruction(offset))
        if not self._has_from():
            raise self.mistakes.no_from(self._hint_without_from())
        return self.commands

    def survey(self) -> list[ModelfileError]:
        """The same to the end of the text, whatever is wrong on the way: the mistakes. Behind one it goes on with the next line that begins
        an instruction.
        """
        found: list[ModelfileError] = []
        offset = self._skip(0)
        while offset < len(self.text) and len(found) < MOST_MISTAKES:
            try:
                offset = self._skip(self._instruction(offset))
            except ModelfileError as error:
                found.append(error)
                offset = self._next_instruction(max(offset, self.places.offset(error.line, error.column)))
        if not self._has_from() and not any("Did you mean FROM?" in str(error) for error in found):
            found.append(self.mistakes.no_from(self._hint_without_from()))
        return found

    def _has_from(self) -> bool:
        return any(lexed.command.name == "model" for lexed in self.commands)

    def _next_instruction(self, offset: int) -> int:
        """Where a line below ``offset`` begins with a keyword, or what is meant as one."""
        for line in _LINE_WORD.finditer(self.text, offset):
            word, behind = line[1], self.text[line.end(1) : line.end(1) + 1]
            if (word.lower() in KEYWORDS and behind in ("", " ", "\t", "\r", "\n")) or (word.isupper() and nearest(word)):
                return line.start(1)
        return len(self.text)

    def warn(self, offset: int, message: str, suggestion: str = "") -> None:
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(ModelfileWarning(message, *self.places.at(offset), suggestion))

    def _skip(self, offset: int) -> int:
        return self._end(_BETWEEN, offset)

    def _end(self, pattern: re.Pattern[str], offset: int) -> int:
        """Where a match at ``offset`` ends; every pattern here matches, be it nothing at all."""
        found = pattern.match(self.text, offset)
        return found.end() if found else offset

    def _is_blank(self, offset: int) -> bool:
        return self.text[offset : offset + 1] in (" ", "\t")

    def _instruction(self, start: int) -> int:
        """Read the instruction at ``start``; gives the offset behind it."""
        stop = self._end(_WORD, start)
        word = self.text[start:stop]
        keyword = word.lower()
        if stop == len(self.text):
            raise self.mistakes.unfinished(start, word)
        if keyword not in KEYWORDS:
            raise self.mistakes.unknown_instruction(start, word, stop, self._hint_after_quotes())
        if keyword == "parameter" and self._is_blank(stop):
            return self._parameter(start, stop + 1)
        if keyword == "message" and self._is_blank(stop):
            return self._message(start, word, stop + 1)
        head = _Head(start, word, "model" if keyword == "from" else keyword, start)
        if self._is_blank(stop):
            return self._value(head, stop + 1)
        if keyword in TEXTS - {"message"} and self.text[stop] in "\r\n":
            return self._text_below(head, stop)
        raise self.mistakes.bad_separator(start, word, stop)

    def _parameter(self, start: int, key_at: int) -> int:
        stop = self._end(_KEY, key_at)
        key = self.text[key_at:stop]
        if not self._is_blank(stop):
            raise self.mistakes.bad_key(key_at, key, stop)
        return self._value(_Head(start, "PARAMETER", key, key_at), stop + 1)

    def _message(self, start: int, word: str, role_at: int) -> int:
        stop = self._end(_LETTERS, role_at)
        role = self.text[role_at:stop]
        if role not in ROLES or not self._is_blank(stop):
            raise self.mistakes.bad_role(role_at, role, stop)
        return self._value(_Head(start, word, "message", role_at, role), stop + 1)

    def _value(self, head: _Head, offset: int) -> int:
        value_at = self._end(_BLANKS, offset)
        if quote_at(self.text, value_at):
            return self._quoted(head, value_at)
        stop = self._end(_REST_OF_LINE, value_at)
        if head.word.lower() in TEXTS:
            return self._text_below(head, stop) if value_at == stop else self._unquoted(head, value_at, stop)
        self._add(head, self.text[value_at:stop].strip(), value_at, stop)
        return stop

    def _quoted(self, head: _Head, value_at: int) -> int:
        quote = quote_at(self.text, value_at)
        text_behind = has_text_behind(self.text, value_at)
        end = closing(self.text, value_at)
        if end is None:
            self.is_open = True
            raise self.mistakes.open_quote(value_at, quote, text_behind)
        value = self.text[value_at + len(quote) : end]
        if text_behind and ("\n" in value or "\r" in value):
            self.warn(value_at, Sentence("More text follows %1 on this line, so the value of %2 goes on to line %3: a closing %1 has to "
                                         "be the last thing on its line.", quote, head.word.upper(), self.places.line(end)))  # fmt: skip
        self._add(head, value, value_at, end + len(quote), quote)
        if head.word.lower() in TEXTS:
            self._quoted_text_before = head.word.upper()
        return end + len(quote)

    def _unquoted(self, head: _Head, value_at: int, stop: int) -> int:
        """A text without quotes, which may go on over the next lines."""
        more = continuation.follow(self.text, stop, head.word)
        if more.slip is not None:
            raise self._slip(more.slip, head)
        value = (self.text[value_at:stop] + more.text).strip()
        if more.text and value.endswith('"') and value.count('"') % 2:
            raise self._never_opened(more.start, head)
        if more.text:
            self._warn_continued(head, value, more)
        if more.doubtful is not None:
            self._warn_doubtful(head, more.doubtful)
        self._add(head, value, value_at, more.end)
        return more.end

    def _text_below(self, head: _Head, stop: int) -> int:
        """Nothing stands behind the keyword; its text may stand below, in quotes or without."""
        below = self._end(_SPACE, stop)
        if quote_at(self.text, below):
            self.warn(
                head.start,
                Sentence("The text of %1 begins on a line below; Ollama wants the opening quote on the same line.", head.word.upper()),
            )  # fmt: skip
            return self._quoted(head, below)
        behind = head.start + len(head.word)
        if not self._is_blank(behind) and not continuation.follow(self.text, stop, head.word).text:
            raise self.mistakes.bad_separator(head.start, head.word, behind)
        return self._unquoted(head, stop, stop)

    def _add(self, head: _Head, value: str, value_at: int, end: int, quote: str = "") -> None:
        args = f"{head.role}: {value}" if head.role else value
        command = Command(head.name, args, *self.places.at(head.start))
        self.commands.append(Lexed(command, head.start, head.key_at, value_at, end, quote))
        self._quoted_text_before = ""

    def _slip(self, line_start: int, head: _Head) -> ModelfileError:
        start = self._end(_BLANKS, line_start)
        stop = self._end(_LETTERS, start)
        word = self.text[start:stop]
        if stop == len(self.text):
            return self.mistakes.unfinished(start, word)
        hint = Sentence('If the line belongs to the text of %1, put that text in """ quotes.', head.word.upper())
        return self.mistakes.unknown_instruction(start, word, stop, hint)

    def _never_opened(self, line_start: int, head: _Head) -> ModelfileError:
        """A text whose first line was changed, and lost the quotes that its last line still has."""
        start = self._end(_BLANKS, line_start)
        stop = self._end(_LETTERS, start)
        hint = Sentence("A quote below closes a text that none opens: put one behind %1, or remove the lines of the old text.",
                        head.word.upper())
        return self.mistakes.unknown_instruction(start, self.text[start:stop], stop, hint)

    def _warn_continued(self, head: _Head, value: str, more: continuation.Continuation) -> None:
        if len(self.warnings) >= MOST_WARNINGS:
            return
        first, last = self.places.line(more.start), self.places.line(max(more.start, more.end - 1))
        lines = Sentence("line %1", first) if first == last else Sentence("lines %1 to %2", first, last)
        prose = [Sentence("Line %1 counts as text.", self.places.line(offset)) for offset in more.prose[:3]]
        self._prose_from += [offset for offset in more.prose if _FROM.match(self.text, offset)]
        name = head.word.upper()
        suggestion = f"{name} {head.role} {quoted(value)}" if head.role else f"{name} {quoted(value)}"
        message = together(
            Sentence("The text of %1 goes on over %2.", name, lines), *prose,
            Sentence("Put it in quotes to be sure, and for Ollama:\n%1", _shorten(suggestion)),
        )  # fmt: skip
        self.warn(head.start, message, suggestion)

    def _warn_doubtful(self, head: _Head, line_start: int) -> None:
        start = self._end(_BLANKS, line_start)
        word = self.text[start : self._end(_LETTERS, start)]
        self.warn(start, Sentence('%1 begins a new instruction here. If it belongs to the text of %2, put that text in """ quotes.',
                                  repr(word), head.word.upper()))  # fmt: skip

    def _hint_after_quotes(self) -> str:
        if not self._quoted_text_before:
            return ""
        return Sentence("If the line belongs to the text of %1, move the closing quote behind it.", self._quoted_text_before)

    def _hint_without_from(self) -> str:
        if not self._prose_from:
            return ""
        line = self.places.line(self._prose_from[0])
        return Sentence("Line %1 begins with from in small letters and counts as text; write FROM if it is the instruction.", line)


def _shorten(text: str) -> str:
    """At most eight lines of a text, its end included."""
    lines = [line if len(line) <= 200 else line[:199] + "…" for line in text.split("\n")]
    return "\n".join(lines if len(lines) <= 8 else [*lines[:6], "…", lines[-1]])
