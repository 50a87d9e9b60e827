"""Syntax tree -> a program: texts, actions, branches, loops and calls as functions. Pipelines are in expressions.py.

Source: https://pkg.go.dev/text/template (Go 1.27) with the option ``missingkey=zero``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..limits import Budget
from . import nodes
from .encode import to_json
from .expressions import Expressions
from .running import BREAK, CONTINUE, NOTHING, Frame, Part, Run, Value
from .trouble import Trouble
from .values import MISSING, kind, text, truth


class Program:
    """A compiled template; several can run at once.

    Raises: Trouble from ``run``, TemplateError from the budget.
    """

    def __init__(self, body: nodes.Body, defined: Mapping[str, nodes.Body]) -> None:
        self.bodies: dict[str, tuple[Part, int]] = {}
        for name, one in defined.items():
            self.bodies[name] = _Compiler(self).whole(one)
        self.main, self.size = self.bodies[""] = _Compiler(self).whole(body)

    def run(self, data: Any, budget: Budget) -> str:
        """The text the template makes of data."""
        run = Run(budget)
        self.main(run, [data, *[NOTHING] * self.size], data)
        return "".join(run.output)


class _Compiler(Expressions):
    """Compiles one named template, or the main one."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program

    def whole(self, body: nodes.Body) -> tuple[Part, int]:
        """The body, and how many variables it needs besides ``$``."""
        return self.body(body), self.scope.most - 1

    def body(self, body: nodes.Body) -> Part:
        parts = [_NODES[type(node)](self, node) for node in body]
        cost = len(parts) + 1

        def run_body(run: Run, frame: Frame, dot: Any) -> str | None:
            run.budget.step(cost)
            for part in parts:
                stop = part(run, frame, dot)
                if stop is not None:
                    return stop
            return None

        return run_body

    def inner(self, body: nodes.Body, at: int) -> Part:
        """A body one level further down; it leaves its variables behind."""
        mark = self.scope.mark()
        run_body = self.body(body)
        self.scope.reset(mark)

        def run_inner(run: Run, frame: Frame, dot: Any) -> str | None:
            run.deeper(at)
            stop = run_body(run, frame, dot)
            run.depth -= 1
            return stop

        return run_inner

    def text(self, node: nodes.Text) -> Part:
        shown = node.text
        n_chars = len(shown)

        def run_text(run: Run, frame: Frame, dot: Any) -> None:
            run.budget.grow(n_chars)
            run.output.append(shown)

        return run_text

    def action(self, node: nodes.Action) -> Part:
        value_of, at = self.pipe(node.pipe), node.at
        if node.pipe.variables:

            def run_silently(run: Run, frame: Frame, dot: Any) -> None:
                value_of(run, frame, dot)

            return run_silently

        def run_action(run: Run, frame: Frame, dot: Any) -> None:
            value = value_of(run, frame, dot)
            if isinstance(value, str):
                run.emit(value)
            else:
                run.emit("<no value>" if value is MISSING else _shown(value, at))

        return run_action

    def if_(self, node: nodes.If | nodes.With) -> Part:
        """Also ``with``, whose branches see the value as their dot."""
        mark = self.scope.mark()
        moves = isinstance(node, nodes.With)
        arms = [(self.pipe(one.pipe), self.inner(one.body, node.at)) for one in node.branches]
        otherwise = self.inner(node.otherwise, node.at) if node.otherwise else None
        self.scope.reset(mark)

        def run_branches(run: Run, frame: Frame, dot: Any) -> str | None:
            for condition, run_arm in arms:
                value = condition(run, frame, dot)
                if truth(value):
                    return run_arm(run, frame, value if moves else dot)
            return otherwise(run, frame, dot) if otherwise is not None else None

        return run_branches

    def range(self, node: nodes.Range) -> Part:
        mark = self.scope.mark()
        value_of = self.pipe(node.pipe)  # the variables hold it all, for the else; then each item in turn
        slots = [self.scope.find(name) for name in node.pipe.variables]
        run_item, otherwise = self.inner(node.body, node.at), self.inner(node.otherwise, node.at)
        self.scope.reset(mark)
        one, two = (slots[0] if len(slots) == 1 else -1), (slots if len(slots) == 2 else None)

        def run_range(run: Run, frame: Frame, dot: Any) -> str | None:
            went = False
            for index, item in _items(value_of(run, frame, dot), node, run.budget):
                went = True
                if one >= 0:
                    frame[one] = item
                elif two:
                    frame[two[0]], frame[two[1]] = index, item
                if run_item(run, frame, item) == BREAK:
                    break
            return None if went else otherwise(run, frame, dot)

        return run_range

    def template(self, node: nodes.Call) -> Part:
        value_of: Value = self.pipe(node.pipe) if node.pipe is not None else lambda run, frame, dot: MISSING
        bodies, name, at = self.program.bodies, node.name, node.at

        def run_call(run: Run, frame: Frame, dot: Any) -> None:
            found = bodies.get(name)
            if found is None:
                raise Trouble(f'template "{name}" not defined', at, "Define it with {{ define }}.")
            value = value_of(run, frame, dot)
            run.deeper(at)
            found[0](run, [value, *[NOTHING] * found[1]], value)
            run.depth -= 1

        return run_call

    def jump(self, node: nodes.Break | nodes.Continue) -> Part:
        stop = BREAK if isinstance(node, nodes.Break) else CONTINUE
        return lambda run, frame, dot: stop


def _shown(value: Any, at: int) -> str:
    try:
        return text(value, to_json)
    except Trouble as trouble:
        raise trouble.placed(at) from None


def _items(value: Any, node: nodes.Range, budget: Budget) -> Iterable[tuple[Any, Any]]:
    """What a range goes over: (position or key, item). Raises: Trouble for what has no items."""
    if isinstance(value, list | tuple | bytes):
        return enumerate(value)
    if isinstance(value, dict):
        budget.step(len(value) >> 2)
        return [(key, value[key]) for key in sorted(value)]
    if value is None or value is MISSING:
        return ()
    at = node.pipe.commands[-1].at
    if isinstance(value, int) and not isinstance(value, bool):
        if len(node.pipe.variables) > 1:
            raise Trouble(f"can't use {value} to iterate over more than one variable", at)
        return ((number, number) for number in range(value))
    raise Trouble(f"range can't iterate over a {kind(value)}", at, "It needs a list, a map or a whole number.")


_NODES: Final[dict[type, Callable[[_Compiler, Any], Part]]] = {
    nodes.Text: _Compiler.text,
    nodes.Action: _Compiler.action,
    nodes.If: _Compiler.if_,
    nodes.With: _Compiler.if_,
    nodes.Range: _Compiler.range,
    nodes.Call: _Compiler.template,
    nodes.Break: _Compiler.jump,
    nodes.Continue: _Compiler.jump,
}
