"""Pipelines of a syntax tree -> functions that give their value: operands, fields, variables, calls, declarations.

Source: https://pkg.go.dev/text/template (Go 1.27), "Arguments", "Pipelines", "Variables".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from . import nodes
from .comparing import equal_to_any
from .functions import FUNCTIONS, FunctionBody
from .running import NOTHING, Frame, Piped, Run, Value
from .trouble import Trouble
from .values import MISSING, Record, field, truth


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
            return self.call(first, arguments)
        if arguments:
            return _raises(_no_function(first))
        if isinstance(first, nodes.Nil):
            return _raises(Trouble("nil is not a command", first.at))
        return self.operand(first)

    def stage(self, command: nodes.Command) -> Piped:
        """A command that gets the value of the one before it."""
        first, *arguments = command.operands
        if isinstance(first, nodes.Function):
            return self.piped_call(first, arguments)
        trouble = _no_function(first)
        return lambda run, frame, dot, final: _raise(trouble)

    # calls

    def call(self, name: nodes.Function, operands: list[nodes.Operand]) -> Value:
        if name.name == "eq" and len(operands) == 2:
            return self.equality(name, operands)
        call = self.piped_call(name, operands)
        return lambda run, frame, dot: call(run, frame, dot, NOTHING)

    def equality(self, name: nodes.Function, operands: list[nodes.Operand]) -> Value:
        """``eq a b``, the most frequent question of all: short texts and whole numbers are compared at once."""
        left_of, right_of = map(self.operand, operands)

        def run_equality(run: Run, frame: Frame, dot: Any) -> Any:
            left, right = left_of(run, frame, dot), right_of(run, frame, dot)
            run.budget.step()
            if type(left) is type(right) and (type(left) is int or (type(left) is str and len(left) < 1000)):
                return left == right
            return _applied(name, equal_to_any, [left, right], run)

        return run_equality

    def piped_call(self, name: nodes.Function, operands: list[nodes.Operand]) -> Piped:
        least, most, body = FUNCTIONS[name.name]
        values = [self.operand(one) for one in operands]
        counts = (len(values), len(values) + 1)
        wrong = [None if least <= count and (most is None or count <= most) else _wrong_number(name, count) for count in counts]
        if body is None:
            return self.and_or(values, wrong, stop_at=name.name == "or")
        called = body

        def run_call(run: Run, frame: Frame, dot: Any, final: Any) -> Any:
            trouble = wrong[final is not NOTHING]
            if trouble is not None:
                raise trouble
            arguments = [one(run, frame, dot) for one in values]
            if final is not NOTHING:
                arguments.append(final)
            return _applied(name, called, arguments, run)

        return run_call

    def and_or(self, values: list[Value], wrong: list[Trouble | None], *, stop_at: bool) -> Piped:
        """The first argument whose truth decides, else the last one; later ones are not evaluated."""

        def run_and_or(run: Run, frame: Frame, dot: Any, final: Any) -> Any:
            trouble = wrong[final is not NOTHING]
            if trouble is not None:
                raise trouble
            run.budget.step(len(values))
            value: Any = MISSING
            for one in values:
                value = one(run, frame, dot)
                if truth(value) == stop_at:
                    return value
            return value if final is NOTHING else final

        return run_and_or

    # operands

    def dot(self, node: nodes.Dot) -> Value:
        return lambda run, frame, dot: dot

    def nil(self, node: nodes.Nil) -> Value:
        return lambda run, frame, dot: None

    def literal(self, node: nodes.Literal) -> Value:
        value = node.value
        return lambda run, frame, dot: value

    def bare_function(self, node: nodes.Function) -> Value:
        return self.call(node, [])

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


def _applied(name: nodes.Function, body: FunctionBody, arguments: list[Any], run: Run) -> Any:
    """What a function makes of its arguments, paid for. Raises: Trouble."""
    cost = 1 + len(arguments)
    for place, one in enumerate(arguments):
        if type(one) is str:
            cost += len(one) >> 10
        elif one is MISSING:
            arguments[place] = None
    run.budget.step(cost)
    try:
        value = body(arguments, run.budget)
    except Trouble as trouble:
        raise Trouble(f"error calling {name.name}: {trouble.detail}", name.at, trouble.hint) from None
    if type(value) is str:
        run.budget.grow(len(value))
    return value


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
    raise trouble


def _raises(trouble: Trouble) -> Value:
    """What is wrong with a command shows only when it runs, as in Go."""
    return lambda run, frame, dot: _raise(trouble)


def _no_function(node: nodes.Operand) -> Trouble:
    return Trouble("can't give argument to non-function", node.at, "Only functions take arguments.")


def _wrong_number(name: nodes.Function, count: int) -> Trouble:
    least, most, _ = FUNCTIONS[name.name]
    want = f"want {least}" if least == most else f"want at least {least}"
    return Trouble(f"wrong number of args for {name.name}: {want} got {count}", name.at)


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
