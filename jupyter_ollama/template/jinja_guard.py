"""A Jinja environment that cannot be made to hang or to fill the memory, on top of Jinja's own sandbox.

Jinja's sandbox stops a template from reaching Python's insides; it does not bound work. Here every loop, branch, macro,
comparison, operator, filter, test, call, container and output pays the ``Budget`` that travels in the render context
under a key no template can spell. Sizes are checked before text is made, not after.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.exceptions import TemplateRuntimeError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from .jinja_costs import MOST_BITS, OPERATORS, bounded_range, refuse, settle, text_of
from .jinja_filters import checked_filter
from .jinja_methods import QUEUE, UNBOUNDED, check_arguments, check_queue, checked_method
from .jinja_tree import Guard
from .limits import Budget

BUDGET = "budget!"
"""The name of the budget among the variables: no template can say it."""

_NEVER_IN_CHAT = ("pprint", "random", "striptags", "urlize", "wordwrap", "xmlattr")
_ELABORATE_FORMAT = re.compile(r"\{(?:[^{}:]*[.\[]|[^{}:]*:[^{}]*(?:\{|\d{4}))")


def budget_of(context: Context) -> Budget:
    found: Budget = context.parent[BUDGET]
    return found


class OpaqueNamespace(Namespace):
    """A namespace that does not print its attributes: they could contain each other."""

    def __repr__(self) -> str:
        return "<Namespace>"


class OwnList(list[Any]):
    """A list that the template itself has written: it may change that one, and no other."""

    __slots__ = ()


class Generation(Extension):
    """``{% generation %}``: marks the assistant's words for training; for prompts it is only its body."""

    tags = {"generation"}  # noqa: RUF012  (Jinja declares it so)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class GuardedEnvironment(ImmutableSandboxedEnvironment):
    """The environment that Hugging Face templates are written for, with every operation paid for."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, Generation], finalize=_shown)
        for name in _NEVER_IN_CHAT:
            del self.filters[name]
        del self.globals["lipsum"]
        self.globals["namespace"] = OpaqueNamespace
        self.globals["range"] = bounded_range

    def close_doors(self) -> GuardedEnvironment:
        """Put every filter and test behind the budget; afterwards none can be added."""
        plain = self.overlay()
        plain.filters, plain.tests = dict(self.filters), dict(self.tests)
        for name in plain.filters:
            self.filters[name] = _guarded_filter(name, plain)
        for name in plain.tests:
            self.tests[name] = _guarded_test(name, plain)
        self.filters.update(_OURS)
        return self

    def call_filter(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """What ``map`` does with a name: ours are not for templates."""
        if name in _OURS:
            raise TemplateRuntimeError(f"No filter named {name!r}.")
        return super().call_filter(name, *args, **kwargs)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(Guard().visit(source), *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if type(obj) is OwnList and attr in QUEUE:
            return True
        return attr not in UNBOUNDED and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is not None and _ELABORATE_FORMAT.search(value.__self__):
            raise refuse("an elaborate format")
        return wrapped

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        budget = budget_of(context)
        budget.tick()
        if type(obj) is not Macro:
            method = getattr(obj, "__wrapped__", obj)  # str.format comes wrapped
            owner = getattr(method, "__self__", None)
            if isinstance(owner, str):
                args = checked_method(method.__name__, owner, args, kwargs, budget)
            elif type(owner) is OwnList:
                check_queue(method.__name__, owner, args)
        check_arguments(obj, args, kwargs, budget)
        return settle(super().call(context, obj, *args, **kwargs), budget)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        budget = budget_of(context)
        budget.tick()
        OPERATORS[operator](left, right, budget)
        result = self.binop_table[operator](left, right)
        if isinstance(result, int) and result.bit_length() > MOST_BITS:
            raise refuse("an enormous number")
        return result if isinstance(result, str) else settle(result, budget)


# filters and tests


def _guarded_filter(name: str, plain: Any) -> Callable[..., Any]:
    @pass_context
    def guarded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget = budget_of(context)
        budget.tick()
        value = checked_filter(name, value, args, kwargs, budget)
        result = plain.call_filter(name, value, args, kwargs, context=context)
        return settle(result, budget)

    return guarded


def _guarded_test(name: str, plain: Any) -> Callable[..., Any]:
    @pass_context
    def guarded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget_of(context).tick()
        return plain.call_test(name, value, args, kwargs, context=context)

    return guarded


@pass_context
def _tick(context: Context, value: Any, n_chars: int = 0) -> Any:
    budget = budget_of(context)
    budget.tick(n_chars)
    if isinstance(value, str):
        budget.step(len(value) >> 8)  # it is about to be compared or iterated over
    return value


@pass_context
def _settled(context: Context, value: Any) -> Any:
    settled = settle(value, budget_of(context))
    return OwnList(settled) if type(settled) is list else settled


@pass_context
def _concatenated(context: Context, *parts: Any) -> str:
    budget = budget_of(context)
    return "".join([text_of(one, budget) for one in parts])


@pass_context
def _sliced(context: Context, value: Any, start: Any, stop: Any, step: Any) -> Any:
    return settle(value[start:stop:step], budget_of(context))


_OURS = {"tick!": _tick, "settled!": _settled, "~": _concatenated, "[:]": _sliced}


@pass_context
def _shown(context: Context, value: Any) -> str:
    """What an output tag prints."""
    budget = budget_of(context)
    budget.tick()
    return text_of(value, budget)
