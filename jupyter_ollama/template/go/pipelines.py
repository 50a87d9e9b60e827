"""Tokens between braces -> a pipeline of commands: declarations, operands, literals.

Source: https://pkg.go.dev/text/template (Go 1.27), "Arguments", "Pipelines", "Variables".
"""

from __future__ import annotations

from collections.abc import Container

from . import nodes
from .cursor import Cursor
from .lexer import Token
from .literals import character, number, unquote
from .trouble import Trouble

_TERMS = frozenset({"word", "dot", "variable", "field", "bool", "number", "char", "string", "raw", "open"})
_MOST_VARIABLES = 256


class Pipelines(Cursor):
    def __init__(self, source: str, functions: Container[str]) -> None:
        super().__init__(source)
        self.functions = functions

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
            if closing == "close" and token.kind == "right":
                raise Trouble("unclosed left paren", start.at, "Close it with ).")
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
        at = self.peek().at  # where Go says that a chain of fields is
        while self.peek().kind == "field":
            names.append(self.next().text[1:])
        if isinstance(base, nodes.Field):
            return nodes.Field(at, base.names + tuple(names))
        if isinstance(base, nodes.Variable):
            return nodes.Variable(at, base.name, base.names + tuple(names))
        if isinstance(base, nodes.Literal | nodes.Nil | nodes.Dot):
            raise Trouble(f"unexpected .{names[0]} after a term", base.at)
        return nodes.Chain(at, base, tuple(names))

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


def _check_executable(command: nodes.Command) -> None:
    """A literal cannot take the value that the pipe hands on."""
    if isinstance(command.operands[0], nodes.Literal | nodes.Dot | nodes.Nil):
        raise Trouble("non executable command in pipeline", command.at, "After | stands a function, as in | printf.")


def _function_hint(name: str) -> str:
    if name[:1].isupper():
        return f"Fields begin with a dot: .{name}."
    return "Text stands in double quotes, variables begin with a dot or a dollar sign."
