"""Tokens -> syntax tree: texts, actions, control structures, named templates. Pipelines are in pipelines.py.

Source: https://pkg.go.dev/text/template (Go 1.27), "Actions", "Nested template definitions".
"""

from __future__ import annotations

from collections.abc import Container

from . import nodes
from .lexer import Token
from .pipelines import Pipelines
from .trouble import Trouble


def parse(source: str, functions: Container[str]) -> tuple[nodes.Body, dict[str, nodes.Body]]:
    """The main body and the named templates of a source. Raises: Trouble."""
    parser = _Parser(source, functions)
    body = parser.whole()
    return body, parser.defined


class _Parser(Pipelines):
    def __init__(self, source: str, functions: Container[str]) -> None:
        super().__init__(source, functions)
        self.defined: dict[str, nodes.Body] = {}
        self.loops = 0

    def whole(self) -> nodes.Body:
        body, stop = self.body(top=True)
        if stop.kind != "end":
            raise Trouble(f"unexpected {{{{{stop.text}}}}}", stop.at, "It closes nothing: remove it.")
        return self.main(body)

    def main(self, body: nodes.Body) -> nodes.Body:
        """The whole is the template with the empty name; a definition of that name counts only where there is no more."""
        unnamed = self.defined.pop("", ())
        if _is_empty(body) and not _is_empty(unnamed):
            return unnamed
        if not _is_empty(unnamed):
            raise Trouble('multiple definition of template ""', body[0].at, "Give the defined one a name.")
        return body

    def body(self, *, top: bool = False) -> tuple[nodes.Body, Token]:
        """Nodes up to an else, an end or the end of the source; also that token (its action is open still)."""
        found: list[nodes.Node] = []
        while True:
            token = self.next()
            if token.kind == "end":
                return tuple(found), token
            if token.kind == "text":
                found.append(nodes.Text(token.at, token.text))
                continue
            keyword = None if self.skip_space().text == "nil" else self.take("keyword")
            if keyword is None:
                found.append(nodes.Action(token.at, self.pipeline("command", "right")))
            elif keyword.text in ("else", "end"):
                return tuple(found), keyword
            elif keyword.text == "define" and top:
                self.define(keyword)
            else:
                found.append(self.control(keyword))

    def closed_body(self, opener: Token) -> tuple[nodes.Body, Token]:
        """A body that must be ended by else or end."""
        self.deeper(opener.at)
        body, stop = self.body()
        self.depth -= 1
        if stop.kind == "end":
            raise Trouble(f"unexpected end of the text in {{{{{opener.text}}}}}", opener.at, "Close it with {{ end }}.")
        return body, stop

    def only_body(self, opener: Token) -> nodes.Body:
        """A body that must be ended by end, with its own variables."""
        variables, loops = self.variables, self.loops
        self.variables, self.loops = ["$"], 0
        body, stop = self.closed_body(opener)
        if stop.text == "else":
            raise Trouble(f"unexpected {{{{else}}}} in {{{{{opener.text}}}}}", stop.at)
        self.expect("right", "end")
        self.variables, self.loops = variables, loops
        return body

    def control(self, keyword: Token) -> nodes.Node:
        match keyword.text:
            case "if":
                return self.branches(keyword, nodes.If)
            case "with":
                return self.branches(keyword, nodes.With)
            case "range":
                return self.range(keyword)
            case "template":
                return self.call(keyword)
            case "block":
                return self.block(keyword)
            case "break" | "continue":
                return self.jump(keyword)
        raise self.unexpected(keyword, "command")

    def branches(self, keyword: Token, kind: type[nodes.If] | type[nodes.With]) -> nodes.If | nodes.With:
        scope = len(self.variables)
        arms: list[nodes.Branch] = []
        otherwise: nodes.Body = ()
        while True:
            pipe = self.pipeline(keyword.text, "right")
            body, stop = self.closed_body(keyword)
            arms.append(nodes.Branch(pipe, body))
            if stop.text == "else" and self.take("keyword", keyword.text) is None:
                otherwise, stop = self.otherwise(keyword)
            if stop.text == "end":
                break
        self.expect("right", "end")
        del self.variables[scope:]
        return kind(keyword.at, tuple(arms), otherwise)

    def otherwise(self, opener: Token) -> tuple[nodes.Body, Token]:
        self.expect("right", "else")
        body, stop = self.closed_body(opener)
        if stop.text == "else":
            raise Trouble(f"expected {{{{end}}}} in {{{{{opener.text}}}}}; found {{{{else}}}}", stop.at)
        return body, stop

    def range(self, keyword: Token) -> nodes.Range:
        scope = len(self.variables)
        pipe = self.pipeline("range", "right")
        self.loops += 1
        body, stop = self.closed_body(keyword)
        self.loops -= 1
        otherwise: nodes.Body = ()
        if stop.text == "else":
            otherwise, stop = self.otherwise(keyword)
        self.expect("right", "end")
        del self.variables[scope:]
        return nodes.Range(keyword.at, pipe, body, otherwise)

    def jump(self, keyword: Token) -> nodes.Break | nodes.Continue:
        self.expect("right", keyword.text)
        if not self.loops:
            raise Trouble(f"{{{{{keyword.text}}}}} outside {{{{range}}}}", keyword.at)
        return nodes.Break(keyword.at) if keyword.text == "break" else nodes.Continue(keyword.at)

    # named templates

    def name(self, context: str) -> str:
        token = self.skip_space()
        if token.kind not in ("string", "raw"):
            raise self.unexpected(token, context)
        self.next()
        return self.string(token)

    def define(self, keyword: Token) -> None:
        name = self.name("define clause")
        self.expect("right", "define clause")
        self.keep(name, self.only_body(keyword), keyword)

    def call(self, keyword: Token) -> nodes.Call:
        at = self.skip_space().at
        name = self.name("template clause")
        pipe = None if self.take("right") else self.pipeline("template clause", "right")
        return nodes.Call(at, name, pipe)

    def block(self, keyword: Token) -> nodes.Call:
        name = self.name("block clause")
        pipe = self.pipeline("block clause", "right")
        self.keep(name, self.only_body(keyword), keyword)
        return nodes.Call(keyword.at, name, pipe)

    def keep(self, name: str, body: nodes.Body, keyword: Token) -> None:
        """Remember a definition; an empty one never replaces another."""
        if not _is_empty(self.defined.get(name, ())):
            if not _is_empty(body):
                raise Trouble(f'multiple definition of template "{name}"', keyword.at, "Give one another name.")
            return
        self.defined[name] = body


def _is_empty(body: nodes.Body) -> bool:
    return all(isinstance(node, nodes.Text) and not node.text.strip() for node in body)
