"""Pipelines of a syntax tree -> functions that give their value: operands, fields, variables, declarations.

Calls are in calls.py.

Source: https://pkg.go.dev/text/template (Go 1.27), "Arguments", "Pipelines", "Variables".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from . import nodes
from .calls import call, piped_call
from .running import NOTHING, Frame, Piped, Run, Value
from .trouble import Trouble
from .values import MISSING, Record, field


class Scope:
    """The variables that can be seen at a place; each has a slot in the frame."""

    def __init__(self) -> None:
        self.names = ["$"]
        self.most = 1

    def declare(self, name: str) -> int:
        self.names.append(name)
        self.most = max(self.most, len(self.names))
        return len(self.names) - 1

    def find(self, name: str) -> int:
        """The slot of the innermost variable of that name; -1 if there is none."""
        return max((slot for slot, one in enumerate(self.names) if one == name), default=-1)

    def mark(self) -> int:
        return len(self.names)

    def reset(self, mark: int) -> None:
        del self.names[mark:]


class Expressions:
    def __init__(self) -> None:
        self.scope = Scope()

    def operand(self, node: nodes.Operand) -> Value:
        return _OPERANDS[type(node)](self, node)

    # pipelines

    def pipe(self, pipe: nodes.Pipe) -> Value:
        """The value of a pipeline: never None, which becomes MISSING; its variables are set."""
        first, *rest = pipe.commands
        value_of = self.command(first)
        stages = [self.stage(one) for one in rest]
        at = pipe.commands[-1].at
        slots = [(self.scope.find(one) if pipe.assigns else self.scope.declare(one), one) for one in pipe.variables]
        if not stages and not slots:

            def run_simple(run: Run, frame: Frame, dot: Any) -> Any:
                value = value_of(run, frame, dot)
                return MISSING if value is None else value

            return run_simple

        def run_pipe(run: Run, frame: Frame, dot: Any) -> Any:
            value = value_of(run, frame, dot)
            for stage in stages:
                value = stage(run, frame, dot, MISSING if value is None else value)
            value = MISSING if value is None else value
            for slot, name in slots:
                if slot < 0:
                    raise Trouble(f"undefined variable: {name}", at, f"Declare it first with {{{{ {name} := ... }}}}.")
                frame[slot] = value
            return value

        return run_pipe

    def command(self, command: nodes.Command) -> Value:
        first, *arguments = command.operands
        if isinstance(first, nodes.Function):
            return call(first, [self.operand(one) for one in arguments])
        if arguments:
            return _raises(_no_function(first))
        if isinstance(first, nodes.Nil):
            return _raises(Trouble("nil is not a command", first.at))
        return self.operand(first)

    def stage(self, command: nodes.Command) -> Piped:
        """A command that gets the value of the one before it."""
        first, *arguments = command.operands
        if isinstance(first, nodes.Function):
            return piped_call(first, [self.operand(one) for one in arguments])
        trouble = _no_function(first)
        return lambda run, frame, dot, final: _raise(trouble)

    # operands

    def dot(self, node: nodes.Dot) -> Value:
        return lambda run, frame, dot: dot

    def nil(self, node: nodes.Nil) -> Value:
        return lambda run, frame, dot: None

    def literal(self, node: nodes.Literal) -> Value:
        value = node.value
        return lambda run, frame, dot: value

    def bare_function(self, node: nodes.Function) -> Value:
        return call(node, [])

    def field(self, node: nodes.Field) -> Value:
        if len(node.names) > 1:
            return _with_fields(lambda run, frame, dot: dot, node.names, node.at)
        name, at = node.names[0], node.at

        def run_field(run: Run, frame: Frame, dot: Any) -> Any:
            if type(dot) is Record and name in dot.fields:
                return dot.fields[name]
            if type(dot) is dict:
                return dot.get(name)
            return _placed_field(dot, name, at)

        return run_field

    def variable(self, node: nodes.Variable) -> Value:
        slot, name, at = self.scope.find(node.name), node.name, node.at

        def run_variable(run: Run, frame: Frame, dot: Any) -> Any:
            value = frame[slot]
            if value is NOTHING:
                raise Trouble(f"undefined variable: {name}", at)
            return value

        return _with_fields(run_variable, node.names, node.at) if node.names else run_variable

    def chain(self, node: nodes.Chain) -> Value:
        return _with_fields(self.operand(node.base), node.names, node.at)

    def parenthesized(self, node: nodes.Pipe) -> Value:
        value_of, at = self.pipe(node), node.at

        def run_parenthesized(run: Run, frame: Frame, dot: Any) -> Any:
            run.deeper(at)
            value = value_of(run, frame, dot)
            run.depth -= 1
            return value

        return run_parenthesized


def _with_fields(value_of: Value, names: tuple[str, ...], at: int) -> Value:
    def run_fields(run: Run, frame: Frame, dot: Any) -> Any:
        value = value_of(run, frame, dot)
        for name in names:
            value = _placed_field(value, name, at)
        return value

    return run_fields


def _placed_field(value: Any, name: str, at: int) -> Any:
    try:
        return field(value, name)
    except Trouble as trouble:
        raise trouble.placed(at) from None


def _raise(trouble: Trouble) -> Any:
    raise trouble.again()


def _raises(trouble: Trouble) -> Value:
    """What is wrong with a command shows only when it runs, as in Go."""
    return lambda run, frame, dot: _raise(trouble)


def _no_function(node: nodes.Operand) -> Trouble:
    return Trouble("can't give argument to non-function", node.at, "Only functions take arguments.")


_OPERANDS: Final[dict[type, Callable[[Expressions, Any], Value]]] = {
    nodes.Dot: Expressions.dot,
    nodes.Nil: Expressions.nil,
    nodes.Literal: Expressions.literal,
    nodes.Function: Expressions.bare_function,
    nodes.Field: Expressions.field,
    nodes.Variable: Expressions.variable,
    nodes.Chain: Expressions.chain,
    nodes.Pipe: Expressions.parenthesized,
}
