"""From text to commands, by Ollama's grammar; values are not looked into.

An instruction is a keyword, one blank, and a value that ends with its line or its quotes; PARAMETER and MESSAGE have a word and
another single blank in between. ``#`` begins a comment only where an instruction could begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import continuation
from .command import KEYWORDS, ROLES, TEXTS, Command, ModelfileWarning
from .mistakes import Mistakes
from .places import Places
from .quoting import closing, has_text_behind, quote_at, quoted

_BETWEEN = re.compile(r"(?:[\s\u00ad\u200b-\u200f\u2060\ufeff]++|#[^\r\n]*+)*+")
_WORD = re.compile(r".[A-Za-z]*", re.DOTALL)
_LETTERS = re.compile(r"[A-Za-z]*")
_KEY = re.compile(r"[A-Za-z0-9_]*")
_BLANKS = re.compile(r"[^\S\r\n]*")
_SPACE = re.compile(r"\s*")
_REST_OF_LINE = re.compile(r"[^\r\n]*")
MOST_WARNINGS = 100


@dataclass(frozen=True, slots=True)
class Lexed:
    """A command and the offsets of its keyword, of its parameter's name or role (else the keyword's) and of its value."""

    command: Command
    start: int
    key_at: int
    value_at: int


class Lexer:
    """Reads one text once, from its beginning to its end, in a time that grows with its length only."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = Places(text)
        self.mistakes = Mistakes(self.places)
        self.warnings: list[ModelfileWarning] = []
        self.commands: list[Lexed] = []
        self._quoted_text_before = ""
        self._swallowed_from: int | None = None

    def run(self) -> list[Lexed]:
        """All commands.

        Raises: ModelfileError.
        """
        offset = self._skip(0)
        while offset < len(self.text):
            offset = self._skip(self._instruction(offset))
        if not any(lexed.command.name == "model" for lexed in self.commands):
            raise self.mistakes.no_from(self._hint_without_from())
        return self.commands

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
        if not self._is_blank(stop):
            if keyword in TEXTS - {"message"} and self.text[stop] in "\r\n":
                return self._text_below(start, word, stop)
            raise self.mistakes.bad_separator(start, word, stop)
        if keyword == "parameter":
            return self._parameter(start, stop + 1)
        if keyword == "message":
            return self._message(start, word, stop + 1)
        name = "model" if keyword == "from" else keyword
        return self._value(start, word, name, start, stop + 1)

    def _parameter(self, start: int, key_at: int) -> int:
        stop = self._end(_KEY, key_at)
        key = self.text[key_at:stop]
        if not self._is_blank(stop):
            raise self.mistakes.bad_key(key_at, key, stop)
        return self._value(start, "PARAMETER", key, key_at, stop + 1)

    def _message(self, start: int, word: str, role_at: int) -> int:
        stop = self._end(_LETTERS, role_at)
        role = self.text[role_at:stop]
        if role not in ROLES or not self._is_blank(stop):
            raise self.mistakes.bad_role(role_at, role, stop)
        return self._value(start, word, "message", role_at, stop + 1, prefix=f"{role}: ")

    def _value(self, start: int, word: str, name: str, key_at: int, value_at: int, prefix: str = "") -> int:
        value_at = self._end(_BLANKS, value_at)
        if quote_at(self.text, value_at):
            return self._quoted(start, word, name, key_at, value_at, prefix)
        stop = self._end(_REST_OF_LINE, value_at)
        value = self.text[value_at:stop].strip()
        if word.lower() not in TEXTS:
            self._quoted_text_before = ""
            self._add(start, name, prefix + value, key_at, value_at)
            return stop
        if not value and name != "message" and (below := self._opening_below(stop)) is not None:
            self._warn_text_below(start, word)
            return self._quoted(start, word, name, key_at, below, prefix)
        return self._unquoted(start, word, name, key_at, value_at, stop, prefix)

    def _quoted(self, start: int, word: str, name: str, key_at: int, value_at: int, prefix: str) -> int:
        quote = quote_at(self.text, value_at)
        text_behind = has_text_behind(self.text, value_at)
        end = closing(self.text, value_at)
        if end is None:
            raise self.mistakes.open_quote(value_at, quote, text_behind)
        value = self.text[value_at + len(quote) : end]
        if text_behind and ("\n" in value or "\r" in value):
            self.warn(value_at, f"More text follows {quote} on this line, so the value of {word.upper()} goes on to line "
                      f"{self.places.line(end)}: a closing {quote} has to be the last thing on its line.")  # fmt: skip
        self._quoted_text_before = word.upper() if word.lower() in TEXTS else ""
        self._add(start, name, prefix + value, key_at, value_at)
        return end + len(quote)

    def _unquoted(self, start: int, word: str, name: str, key_at: int, value_at: int, stop: int, prefix: str) -> int:
        """A text without quotes, which may go on over the next lines."""
        more = continuation.follow(self.text, stop, word)
        if more.slip is not None:
            raise self._slip(more.slip, word)
        value = (self.text[value_at:stop] + more.text).strip()
        head = f"MESSAGE {prefix[:-2]}" if prefix else word.upper()
        if more.text:
            self._warn_continued(start, word, head, value, more)
        if more.doubtful is not None:
            found = self._end(_LETTERS, self._end(_BLANKS, more.doubtful))
            begin = self.text[more.doubtful : found].strip()
            self.warn(more.doubtful, f"{begin!r} begins a new instruction here. If it belongs to the text of {word.upper()}, "
                      'put that text in """ quotes.')  # fmt: skip
        self._quoted_text_before = ""
        self._add(start, name, prefix + value, key_at, value_at)
        return more.end

    def _text_below(self, start: int, word: str, stop: int) -> int:
        """A keyword alone on its line: its text may stand below, in quotes or without."""
        name = word.lower()
        below = self._opening_below(stop)
        if below is not None:
            self._warn_text_below(start, word)
            return self._quoted(start, word, name, start, below, "")
        if not continuation.follow(self.text, stop, word).text.strip():
            raise self.mistakes.bad_separator(start, word, stop)
        return self._unquoted(start, word, name, start, stop, stop, "")

    def _opening_below(self, stop: int) -> int | None:
        """The offset of a quote that begins the next line with anything on it."""
        below = self._end(_SPACE, stop)
        return below if quote_at(self.text, below) else None

    def _add(self, start: int, name: str, args: str, key_at: int, value_at: int) -> None:
        line, column = self.places.at(start)
        self.commands.append(Lexed(Command(name, args, line, column), start, key_at, value_at))

    def _slip(self, line_start: int, owner: str) -> Exception:
        start = self._end(_BLANKS, line_start)
        stop = self._end(_LETTERS, start)
        hint = f'If the line belongs to the text of {owner.upper()}, put that text in """ quotes.'
        if stop == len(self.text):
            return self.mistakes.unfinished(start, self.text[start:stop])
        return self.mistakes.unknown_instruction(start, self.text[start:stop], stop, hint)

    def _warn_continued(self, start: int, word: str, head: str, value: str, more: continuation.Continuation) -> None:
        if len(self.warnings) >= MOST_WARNINGS:
            return
        first, last = self.places.line(more.start), self.places.line(max(more.start, more.end - 1))
        lines = f"line {first}" if first == last else f"lines {first} to {last}"
        prose = "".join(f" Line {self.places.line(offset)} counts as text." for offset in more.prose[:3])
        if self._swallowed_from is None:
            self._swallowed_from = next(
                (offset for offset in more.prose if self.text[offset : offset + 80].lstrip().lower().startswith("from")), None
            )
        suggestion = f"{head} {quoted(value)}"
        self.warn(start, f"The text of {word.upper()} goes on over {lines}.{prose} Put it in quotes to be sure, and for Ollama:\n"
                  f"{_shorten(suggestion)}", suggestion)  # fmt: skip

    def _warn_text_below(self, start: int, word: str) -> None:
        self.warn(start, f"The text of {word.upper()} begins on a line below; Ollama wants the opening quote on the same line.")

    def _hint_after_quotes(self) -> str:
        if not self._quoted_text_before:
            return ""
        return f"If the line belongs to the text of {self._quoted_text_before}, move the closing quote behind it."

    def _hint_without_from(self) -> str:
        if self._swallowed_from is None:
            return ""
        line = self.places.line(self._swallowed_from)
        return f"Line {line} begins with from in small letters and counts as text; write FROM if it is the instruction."


def _shorten(text: str) -> str:
    """At most eight lines of a text, its end included."""
    lines = [line if len(line) <= 200 else line[:199] + "…" for line in text.split("\n")]
    return "\n".join(lines if len(lines) <= 8 else [*lines[:6], "…", lines[-1]])
