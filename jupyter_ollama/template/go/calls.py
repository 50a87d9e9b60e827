"""Calls of functions in a pipeline: how many arguments they take, what they cost, and which are not evaluated.

Source: https://pkg.go.dev/text/template#hdr-Functions (Go 1.27).
"""

from __future__ import annotations

from typing import Any

from . import nodes
from .comparing import equal_to_any
from .functions import FUNCTIONS, FunctionBody
from .running import NOTHING, Frame, Piped, Run, Value
from .trouble import Trouble
from .values import MISSING, truth


def call(name: nodes.Function, values: list[Value]) -> Value:
    """A call with its compiled arguments."""
    if name.name == "eq" and len(values) == 2:
        return _equality(name, *values)
    piped = piped_call(name, values)
    return lambda run, frame, dot: piped(run, frame, dot, NOTHING)


def piped_call(name: nodes.Function, values: list[Value]) -> Piped:
    """A call that may get one more argument from the pipe."""
    least, most, body = FUNCTIONS[name.name]
    counts = (len(values), len(values) + 1)
    wrong = [None if least <= count and (most is None or count <= most) else _wrong_number(name, count) for count in counts]
    if body is None:
        return _and_or(values, wrong, stop_at=name.name == "or")
    called = body

    def run_call(run: Run, frame: Frame, dot: Any, final: Any) -> Any:
        trouble = wrong[final is not NOTHING]
        if trouble is not None:
            raise trouble.again()
        arguments = [one(run, frame, dot) for one in values]
        if final is not NOTHING:
            arguments.append(final)
        return _applied(name, called, arguments, run)

    return run_call


def _equality(name: nodes.Function, left_of: Value, right_of: Value) -> Value:
    """``eq a b``, the most frequent question of all: short texts and whole numbers are compared at once."""

    def run_equality(run: Run, frame: Frame, dot: Any) -> Any:
        left, right = left_of(run, frame, dot), right_of(run, frame, dot)
        run.budget.step()
        if type(left) is type(right) and (type(left) is int or (type(left) is str and len(left) < 1000)):
            return left == right
        return _applied(name, equal_to_any, [left, right], run)

    return run_equality


def _and_or(values: list[Value], wrong: list[Trouble | None], *, stop_at: bool) -> Piped:
    """The first argument whose truth decides, else the last one; later ones are not evaluated."""

    def run_and_or(run: Run, frame: Frame, dot: Any, final: Any) -> Any:
        trouble = wrong[final is not NOTHING]
        if trouble is not None:
            raise trouble.again()
        run.budget.step(len(values))
        value: Any = MISSING
        for one in values:
            value = one(run, frame, dot)
            if truth(value) == stop_at:
                return value
        return value if final is NOTHING else final

    return run_and_or


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


def _wrong_number(name: nodes.Function, count: int) -> Trouble:
    least, most, _ = FUNCTIONS[name.name]
    want = f"want {least}" if least == most else f"want at least {least}"
    return Trouble(f"wrong number of args for {name.name}: {want} got {count}", name.at)
