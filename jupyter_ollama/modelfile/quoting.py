'''Quotes of a Modelfile: a text in ``"..."`` or ``"""..."""`` ends where a line ends with the same quote. Nothing is escaped.'''

from __future__ import annotations

import re

_CLOSING = {quote: re.compile(rf"{quote}(?=[^\S\r\n]*(?:[\r\n]|\Z))") for quote in ('"', '"""')}
_TEXT_BEHIND = {'"': re.compile(r'"[^"\r\n]*"[^\S\r\n]+\S'), '"""': re.compile(r'"""[^\r\n]*?"""[^\S\r\n]*[^"\s]')}


def quote_at(text: str, start: int) -> str:
    """The quote that opens at ``start``; empty if there is none."""
    if not text.startswith('"', start):
        return ""
    return '"""' if text.startswith('"""', start) else '"'


def closing(text: str, start: int) -> int | None:
    """Where the quote that closes the one at ``start`` begins; None if it stays open."""
    quote = quote_at(text, start)
    found = _CLOSING[quote].search(text, start + len(quote))
    return found.start() if found else None


def has_text_behind(text: str, start: int) -> bool:
    """Whether the quote at ``start`` seems to close on its own line but more text follows, which keeps it open."""
    return bool(_TEXT_BEHIND[quote_at(text, start)].match(text, start))


def quoted(text: str) -> str:
    """Write a text so that it reads back as it is, with as few quotes as that takes.

    Plain unless it has a newline or blanks at an end; then in ``"``, or in three of them if it contains a ``"``. Where that form
    would not read back but another one does, the other one is used. A text of several lines that needs both cannot be written.
    """
    marks = ('"""', '"') if '"' in text else ('"', '"""')
    plain_first: tuple[str, ...] = () if "\n" in text or text != text.strip(" ") else ("",)
    for quote in (*plain_first, *marks):
        if _reads_back(text, quote):
            return quote + text + quote
    return marks[0] + text + marks[0]


def _reads_back(text: str, quote: str) -> bool:
    if not quote:
        return text == text.strip() and "\r" not in text and not text.startswith('"')
    written = quote + text + quote
    return quote_at(written, 0) == quote and closing(written, 0) == len(quote) + len(text)
