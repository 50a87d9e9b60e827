"""Tokens -> syntax tree. One method per construct of the language; names are checked while parsing, as Go does.

Source: https://pkg.go.dev/text/template (Go 1.24), "Actions", "Pipelines", "Variables", "Nested template definitions".
"""

from __future__ import annotations

from collections.abc import Container

from . import nodes
from .lexer import Token, tokens
from .literals import character, number, unquote
from .trouble import Trouble
from ..limits import NESTING

_TERMS = frozenset({"word", "dot", "variable", "field", "bool", "number", "char", "string", "raw", "open"})

_MOST_VARIABLES = 256


def parse(source: str, functions: Container[str]) -> tuple[nodes.Body, dict[str, nodes.Body]]:
    """The main body and the named templates of a source. Raises: Trouble."""
    parser = _Parser(source, functions)
    body = parser.whole()
    return body, parser.defined


class _Parser:
    def __init__(self, source: str, functions: Container[str]) -> None:
        self.tokens = list(tokens(source))
        self.position = 0
        self.functions = functions
        self.defined: dict[str, nodes.Body] = {}
        self.variables = ["$"]
        self.depth = 0
        self.loops = 0

    # tokens

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

    # bodies

    def whole(self) -> nodes.Body:
        body, stop = self.body(top=True)
        if stop.kind != "end":
            raise Trouble(f"unexpected {{{{{stop.text}}}}}", stop.at, "It closes nothing: remove it.")
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
            keyword = self.take("keyword")
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
            case "nil":
                raise Trouble("nil is not a command", keyword.at)
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
        name = self.name("template clause")
        pipe = None if self.take("right") else self.pipeline("template clause", "right")
        return nodes.Call(keyword.at, name, pipe)

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

    # pipelines

    def pipeline(self, context: str, closing: str) -> nodes.Pipe:
        start = self.skip_space()
        self.deeper(start.at)
        variables, assigns = self.declarations(context)
        commands: list[nodes.Command] = []
        while True:
            token = self.skip_space()
            if token.kind == closing:
                self.next()
                break
            if token.kind not in _TERMS and token.text != "nil":
                raise self.unexpected(token, context)
            commands.append(self.command())
        self.depth -= 1
        if not commands:
            raise Trouble(f"missing value for {context}", start.at, "Write what to show, as in {{ .Prompt }}.")
        for command in commands[1:]:
            _check_executable(command)
        if not assigns:
            self.variables += variables
            if len(self.variables) > _MOST_VARIABLES:
                raise Trouble(f"more than {_MOST_VARIABLES} variables", start.at)
        return nodes.Pipe(start.at, tuple(commands), variables, assigns)

    def declarations(self, context: str) -> tuple[tuple[str, ...], bool]:
        """``$x :=``, ``$x =``, and in a range ``$i, $x :=``; nothing is taken if there is none of these."""
        start = self.position
        found: list[str] = []
        while self.skip_space().kind == "variable":
            found.append(self.next().text)
            if self.take("comma"):
                if context != "range" or len(found) > 1:
                    raise Trouble(f"too many declarations in {context}", self.peek().at)
                continue
            operator = self.take("declare") or self.take("assign")
            if operator is None:
                break
            if operator.kind == "assign":
                for name in found:
                    self.check_variable(name, operator.at)
            return tuple(found), operator.kind == "assign"
        if len(found) > 1:
            raise Trouble("range can only initialize variables", self.peek().at, "Write range $i, $item := .List.")
        if found and self.tokens[self.position - 1].kind == "comma":
            raise Trouble("range can only initialize variables", self.peek().at, "Write range $i, $item := .List.")
        self.position = start
        return (), False

    def command(self) -> nodes.Command:
        start = self.skip_space()
        operands: list[nodes.Operand] = []
        while True:
            operand = self.operand()
            if operand is not None:
                operands.append(operand)
            token = self.peek()
            if token.kind == "space":
                self.skip_space()
                continue
            if token.kind == "pipe":
                self.next()
                following = self.skip_space()
                if following.kind in ("right", "close"):
                    raise Trouble("missing value after |", following.at)
                break
            if token.kind in ("right", "close"):
                break
            raise self.unexpected(token, "operand")
        if not operands:
            raise Trouble("empty command", start.at)
        return nodes.Command(operands[0].at, tuple(operands))

    def operand(self) -> nodes.Operand | None:
        base = self.term()
        if base is None or self.peek().kind != "field":
            return base
        names: list[str] = []
        while self.peek().kind == "field":
            names.append(self.next().text[1:])
        if isinstance(base, nodes.Field):
            return nodes.Field(base.at, base.names + tuple(names))
        if isinstance(base, nodes.Variable):
            return nodes.Variable(base.at, base.name, base.names + tuple(names))
        if isinstance(base, nodes.Literal | nodes.Nil | nodes.Dot):
            raise Trouble(f"unexpected .{names[0]} after a term", base.at)
        return nodes.Chain(base.at, base, tuple(names))

    def term(self) -> nodes.Operand | None:
        token = self.peek()
        if token.kind not in _TERMS and token.text != "nil":
            return None
        self.next()
        match token.kind:
            case "word":
                if token.text not in self.functions:
                    raise Trouble(f'function "{token.text}" not defined', token.at, _function_hint(token.text))
                return nodes.Function(token.at, token.text)
            case "variable":
                self.check_variable(token.text, token.at)
                return nodes.Variable(token.at, token.text, ())
            case "field":
                return nodes.Field(token.at, (token.text[1:],))
            case "dot":
                return nodes.Dot(token.at)
            case "open":
                return self.pipeline("parenthesized pipeline", "close")
            case "keyword":
                return nodes.Nil(token.at)
        return nodes.Literal(token.at, self.literal(token))

    def literal(self, token: Token) -> str | int | float | bool:
        match token.kind:
            case "bool":
                return token.text == "true"
            case "number":
                return number(token.text, token.at)
            case "char":
                return character(token.text, token.at)
        return self.string(token)

    def string(self, token: Token) -> str:
        return unquote(token.text, token.at) if token.kind == "string" else token.text[1:-1]

    def check_variable(self, name: str, at: int) -> None:
        if name not in self.variables:
            raise Trouble(f'undefined variable "{name}"', at, f"Declare it first with {{{{ {name} := ... }}}}.")


def _is_empty(body: nodes.Body) -> bool:
    return all(isinstance(node, nodes.Text) and not node.text.strip() for node in body)


def _check_executable(command: nodes.Command) -> None:
    """A literal cannot take the value that the pipe hands on."""
    if isinstance(command.operands[0], nodes.Literal | nodes.Dot | nodes.Nil):
        raise Trouble("non executable command in pipeline", command.at, "After | stands a function, as in | printf.")


def _function_hint(name: str) -> str:
    if name[:1].isupper():
        return f"Fields begin with a dot: .{name}."
    return "Text stands in double quotes, variables begin with a dot or a dollar sign."
