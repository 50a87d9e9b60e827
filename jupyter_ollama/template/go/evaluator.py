"""Runs a syntax tree over data. One method per node; every step, character and level is paid from the budget.

Source: https://pkg.go.dev/text/template (Go 1.24) with the option ``missingkey=zero``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..limits import NESTING, Budget
from . import nodes
from .encode import to_json
from .functions import FUNCTIONS
from .trouble import Trouble
from .values import MISSING, field, kind, text, truth

_NOTHING: Final = object()
"""No value came through the pipe (None is a value)."""


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


def run(body: nodes.Body, defined: Mapping[str, nodes.Body], data: Any, budget: Budget) -> str:
    """The text a template makes of data. Raises: Trouble, TemplateError from the budget."""
    evaluator = _Evaluator(defined, budget)
    evaluator.variables.append(["$", data])
    evaluator.body(body, data)
    return "".join(evaluator.output)


class _Evaluator:
    def __init__(self, defined: Mapping[str, nodes.Body], budget: Budget) -> None:
        self.defined = defined
        self.budget = budget
        self.output: list[str] = []
        self.variables: list[list[Any]] = []
        self.depth = 0

    # nodes

    def body(self, body: nodes.Body, dot: Any) -> None:
        self.budget.step(len(body) + 1)
        for node in body:
            _NODES[type(node)](self, node, dot)

    def deeper(self, at: int) -> None:
        self.depth += 1
        if self.depth > NESTING:
            raise Trouble(f"runs more than {NESTING} levels deep", at, "Does a template call itself without end?")

    def inner(self, body: nodes.Body, dot: Any, at: int) -> None:
        self.deeper(at)
        self.body(body, dot)
        self.depth -= 1

    def emit(self, shown: str) -> None:
        self.budget.grow(len(shown))
        self.output.append(shown)

    def text(self, node: nodes.Text, dot: Any) -> None:
        self.emit(node.text)

    def action(self, node: nodes.Action, dot: Any) -> None:
        value = self.pipe(node.pipe, dot)
        if node.pipe.variables:
            return
        if isinstance(value, str):
            self.emit(value)
        else:
            self.emit("<no value>" if value is MISSING else self.shown(value, node.at))

    def shown(self, value: Any, at: int) -> str:
        try:
            return text(value, to_json)
        except Trouble as trouble:
            raise _placed(trouble, at) from None

    def if_(self, node: nodes.If, dot: Any) -> None:
        scope = len(self.variables)
        for branch in node.branches:
            if truth(self.pipe(branch.pipe, dot)):
                self.inner(branch.body, dot, node.at)
                break
        else:
            self.inner(node.otherwise, dot, node.at)
        del self.variables[scope:]

    def with_(self, node: nodes.With, dot: Any) -> None:
        scope = len(self.variables)
        for branch in node.branches:
            value = self.pipe(branch.pipe, dot)
            if truth(value):
                self.inner(branch.body, value, node.at)
                break
        else:
            self.inner(node.otherwise, dot, node.at)
        del self.variables[scope:]

    def range_(self, node: nodes.Range, dot: Any) -> None:
        scope, depth = len(self.variables), self.depth
        value = self.pipe(node.pipe, dot)  # the variables hold it all, for the else; then each item in turn
        declared = len(self.variables)
        went = False
        for index, item in _items(value, node):
            went = True
            self.loop_variables(node.pipe, index, item)
            try:
                self.inner(node.body, item, node.at)
            except _Continue:
                self.depth = depth
            except _Break:
                self.depth = depth
                break
            del self.variables[declared:]
        if not went:
            self.inner(node.otherwise, dot, node.at)
        del self.variables[scope:]

    def loop_variables(self, pipe: nodes.Pipe, index: Any, item: Any) -> None:
        """``$x`` is the item, ``$i, $x`` are position and item."""
        values = (item,) if len(pipe.variables) == 1 else (index, item)
        for name, value in zip(pipe.variables, values, strict=False):
            self.assign(name, value)

    def call(self, node: nodes.Call, dot: Any) -> None:
        body = self.defined.get(node.name)
        if body is None:
            raise Trouble(f'template "{node.name}" not defined', node.at, "Define it with {{ define }}.")
        value = MISSING if node.pipe is None else self.pipe(node.pipe, dot)
        outside, self.variables = self.variables, [["$", value]]
        self.inner(body, value, node.at)
        self.variables = outside

    def break_(self, node: nodes.Break, dot: Any) -> None:
        raise _Break

    def continue_(self, node: nodes.Continue, dot: Any) -> None:
        raise _Continue

    # pipelines

    def pipe(self, pipe: nodes.Pipe, dot: Any) -> Any:
        value: Any = _NOTHING
        for command in pipe.commands:
            value = self.command(command, dot, value)
            if value is None:
                value = MISSING
        for name in pipe.variables:
            if pipe.assigns:
                self.assign(name, value)
            else:
                self.variables.append([name, value])
        return value

    def assign(self, name: str, value: Any) -> None:
        for variable in reversed(self.variables):
            if variable[0] == name:
                variable[1] = value
                return

    def command(self, command: nodes.Command, dot: Any, final: Any) -> Any:
        first = command.operands[0]
        if type(first) is nodes.Function:
            return self.function(first, command.operands[1:], dot, final)
        if len(command.operands) > 1 or final is not _NOTHING:
            raise Trouble("can't give argument to non-function", first.at, "Only functions take arguments.")
        if type(first) is nodes.Nil:
            raise Trouble("nil is not a command", first.at)
        return _OPERANDS[type(first)](self, first, dot)

    def function(self, name: nodes.Function, operands: tuple[nodes.Operand, ...], dot: Any, final: Any) -> Any:
        least, most, body = FUNCTIONS[name.name]
        count = len(operands) + (final is not _NOTHING)
        if count < least or (most is not None and count > most):
            want = f"want {least}" if least == most else f"want at least {least}"
            raise Trouble(f"wrong number of args for {name.name}: {want} got {count}", name.at)
        if body is None:
            return self.and_or(operands, dot, final, stop_at=name.name == "or")
        arguments = [_OPERANDS[type(one)](self, one, dot) for one in operands]
        if final is not _NOTHING:
            arguments.append(final)
        arguments = [None if one is MISSING else one for one in arguments]
        return self.result(name, body, arguments)

    def result(self, name: nodes.Function, body: Callable[..., Any], arguments: list[Any]) -> Any:
        self.budget.step(1 + sum([len(one) >> 10 for one in arguments if type(one) is str]))
        try:
            value = body(arguments, self.budget)
        except Trouble as trouble:
            raise Trouble(f"error calling {name.name}: {trouble.detail}", name.at, trouble.hint) from None
        if isinstance(value, str):
            self.budget.grow(len(value))
        return value

    def and_or(self, operands: Iterable[nodes.Operand], dot: Any, final: Any, *, stop_at: bool) -> Any:
        """The first argument whose truth decides, else the last one; later ones are not evaluated."""
        value: Any = MISSING
        for operand in operands:
            value = _OPERANDS[type(operand)](self, operand, dot)
            if truth(value) == stop_at:
                return value
        return value if final is _NOTHING else final

    # operands

    def dot(self, node: nodes.Dot, dot: Any) -> Any:
        return dot

    def nil(self, node: nodes.Nil, dot: Any) -> Any:
        return None

    def literal(self, node: nodes.Literal, dot: Any) -> Any:
        return node.value

    def bare_function(self, node: nodes.Function, dot: Any) -> Any:
        return self.function(node, (), dot, _NOTHING)

    def field(self, node: nodes.Field, dot: Any) -> Any:
        names = node.names
        if len(names) == 1 and type(dot) is dict:
            return dot.get(names[0])
        return self.fields(dot, names, node.at)

    def variable(self, node: nodes.Variable, dot: Any) -> Any:
        name = node.name
        for variable in reversed(self.variables):
            if variable[0] == name:
                return self.fields(variable[1], node.names, node.at) if node.names else variable[1]
        raise Trouble(f'undefined variable "{name}"', node.at)

    def chain(self, node: nodes.Chain, dot: Any) -> Any:
        base = _OPERANDS[type(node.base)](self, node.base, dot)
        return self.fields(base, node.names, node.at)

    def parenthesized(self, node: nodes.Pipe, dot: Any) -> Any:
        self.deeper(node.at)
        value = self.pipe(node, dot)
        self.depth -= 1
        return value

    def fields(self, value: Any, names: tuple[str, ...], at: int) -> Any:
        try:
            for name in names:
                value = field(value, name)
        except Trouble as trouble:
            raise _placed(trouble, at) from None
        return value


def _placed(trouble: Trouble, at: int) -> Trouble:
    return Trouble(trouble.detail, at, trouble.hint)


def _items(value: Any, node: nodes.Range) -> Iterable[tuple[Any, Any]]:
    """What a range goes over: (position or key, item). Raises: Trouble for what has no items."""
    if isinstance(value, dict):
        return ((key, value[key]) for key in sorted(value))
    if isinstance(value, list | tuple | bytes):
        return enumerate(value)
    if value is None or value is MISSING:
        return ()
    if isinstance(value, int) and not isinstance(value, bool):
        if len(node.pipe.variables) > 1:
            raise Trouble(f"can't use {value} to iterate over more than one variable", node.at)
        return ((number, number) for number in range(value))
    raise Trouble(f"range can't iterate over a {kind(value)}", node.at, "It needs a list, a map or a whole number.")


_NODES: Final[dict[type, Callable[[_Evaluator, Any, Any], None]]] = {
    nodes.Text: _Evaluator.text,
    nodes.Action: _Evaluator.action,
    nodes.If: _Evaluator.if_,
    nodes.With: _Evaluator.with_,
    nodes.Range: _Evaluator.range_,
    nodes.Call: _Evaluator.call,
    nodes.Break: _Evaluator.break_,
    nodes.Continue: _Evaluator.continue_,
}

_OPERANDS: Final[dict[type, Callable[[_Evaluator, Any, Any], Any]]] = {
    nodes.Dot: _Evaluator.dot,
    nodes.Nil: _Evaluator.nil,
    nodes.Literal: _Evaluator.literal,
    nodes.Function: _Evaluator.bare_function,
    nodes.Field: _Evaluator.field,
    nodes.Variable: _Evaluator.variable,
    nodes.Chain: _Evaluator.chain,
    nodes.Pipe: _Evaluator.parenthesized,
}
