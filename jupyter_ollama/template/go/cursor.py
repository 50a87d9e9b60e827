"""The parser's place in the tokens: look, take, expect; how deep it is and which variables it knows."""

from __future__ import annotations

from ..limits import NESTING
from .lexer import Token, tokens
from .trouble import Trouble


class Cursor:
    def __init__(self, source: str) -> None:
        self.tokens = list(tokens(source))
        self.position = 0
        self.variables = ["$"]
        self.depth = 0

    def next(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def peek(self) -> Token:
        return self.tokens[self.position]

    def skip_space(self) -> Token:
        """Move over blanks and show the token after them, without taking it."""
        while self.tokens[self.position].kind == "space":
            self.position += 1
        return self.tokens[self.position]

    def take(self, kind: str, text: str | None = None) -> Token | None:
        """Take the next token that is no blank, if it is this one."""
        token = self.skip_space()
        if token.kind != kind or (text is not None and token.text != text):
            return None
        return self.next()

    def expect(self, kind: str, context: str) -> Token:
        token = self.take(kind)
        if token is None:
            raise self.unexpected(self.peek(), context)
        return token

    def unexpected(self, token: Token, context: str) -> Trouble:
        if token.kind == "end":
            return Trouble(f"unexpected end of the text in {context}", token.at, "Is an {{ end }} missing?")
        shown = f"{{{{{token.text}}}}}" if token.kind == "keyword" else repr(token.text[:40])
        return Trouble(f"unexpected {shown} in {context}", token.at)

    def deeper(self, at: int) -> None:
        self.depth += 1
        if self.depth > NESTING:
            raise Trouble(f"nested more than {NESTING} levels deep", at, "Split it with {{ define }}.")
