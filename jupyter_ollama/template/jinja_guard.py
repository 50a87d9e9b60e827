"""A Jinja environment that cannot be made to hang or to fill the memory, on top of Jinja's own sandbox.

Jinja's sandbox stops a template from reaching Python's insides; it does not bound work. Here every loop, branch, macro,
comparison, operator, filter, test, call, container and output pays the ``Budget`` that travels in the render context
under a key no template can spell. Sizes are checked before text is made, not after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sized
from itertools import islice
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from ..errors import TemplateError
from .limits import Budget

BUDGET = "budget!"
"""The name of the budget among the variables: no template can say it."""

MOST_ITEMS = 500_000
MOST_BITS = 4096
WIDEST = 1000
DEEPEST_INDENT = 16

_NEVER_IN_CHAT = ("pprint", "random", "striptags", "urlize", "wordwrap", "xmlattr")
_UNBOUNDED_METHODS = frozenset({"encode", "maketrans", "translate", "to_bytes"})
_PADDING = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_SPLITTING = frozenset({"rsplit", "split", "splitlines"})
_WIDTHS = frozenset({"batch", "center", "filesizeformat", "indent", "round", "slice"})
_PERCENT_WIDTH = re.compile(r"%[^a-zA-Z%]*(?:\*|\d{4})")
_FORMAT_WIDTH = re.compile(r":[^{}]*(?:\{|\d{4})")


def refuse(what: str) -> TemplateError:
    """An error for work that no chat template needs."""
    return TemplateError(f"The template asks for {what}.", hint="Chat templates need much less.", line=0, column=0)


def weigh(value: Any, budget: Budget) -> None:
    """Pay for a container with everything in it; the same item counts as often as it would print. Raises: TemplateError."""
    pending, n_items, n_chars = [value], 1, 0
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            n_chars += len(one)
        elif isinstance(one, dict):
            n_items += 2 * len(one)
            pending.extend(one.keys())
            pending.extend(one.values())
        elif isinstance(one, list | tuple | set | frozenset):
            n_items += len(one)
            pending.extend(one)
        if n_items > MOST_ITEMS or n_chars > budget.limits.chars:
            raise refuse("a list or mapping of enormous size")
    budget.step(n_items)


def settle(value: Any, budget: Budget) -> Any:
    """Pay for a new value; an iterator becomes a list. Raises: TemplateError."""
    if isinstance(value, str):
        budget.grow(len(value))
    elif isinstance(value, list | tuple | dict):
        weigh(value, budget)
    elif isinstance(value, Iterator):
        value = list(islice(value, MOST_ITEMS + 1))
        weigh(value, budget)
    return value


def budget_of(context: Context) -> Budget:
    found = context.parent[BUDGET]
    assert isinstance(found, Budget)
    return found


class OpaqueNamespace(Namespace):
    """A namespace that does not print its attributes: they could contain each other."""

    def __repr__(self) -> str:
        return "<Namespace>"


class Generation(Extension):
    """``{% generation %}``: marks the assistant's words for training; for prompts it is only its body."""

    tags = {"generation"}

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

    def close_doors(self) -> GuardedEnvironment:
        """Put every filter and test behind the budget; afterwards none can be added."""
        plain = self.overlay()
        plain.filters, plain.tests = dict(self.filters), dict(self.tests)
        for name in plain.filters:
            self.filters[name] = _guarded_filter(name, plain)
        for name in plain.tests:
            self.tests[name] = _guarded_test(name, plain)
        self.filters.update({"tick!": _tick, "settled!": _settled, "~": _concatenated, "[:]": _sliced})
        return self

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(_Guard().visit(source), *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return attr not in _UNBOUNDED_METHODS and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is not None and _FORMAT_WIDTH.search(value.__self__):
            raise refuse("a very wide or nested format")
        return wrapped

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        budget = budget_of(context)
        budget.tick()
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str):
            args = _checked_method(obj.__name__, owner, args, budget)
        return settle(super().call(context, obj, *args, **kwargs), budget)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        budget = budget_of(context)
        budget.tick()
        _CHECKS[operator](left, right, budget)
        result = self.binop_table[operator](left, right)
        if isinstance(result, int) and result.bit_length() > MOST_BITS:
            raise refuse("an enormous number")
        return result if isinstance(result, str) else settle(result, budget)


# operators


def _check_sum(left: Any, right: Any, budget: Budget) -> None:
    if isinstance(left, Sized) and isinstance(right, Sized):
        budget.grow(len(left) + len(right))


def _check_product(left: Any, right: Any, budget: Budget) -> None:
    for many, times in ((left, right), (right, left)):
        if isinstance(many, Sized) and isinstance(times, int):
            budget.grow(len(many) * max(times, 0))
            if not isinstance(many, str) and len(many) * times > MOST_ITEMS:
                raise refuse("a list or mapping of enormous size")


def _check_power(left: Any, right: Any, budget: Budget) -> None:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > MOST_BITS:
        raise refuse("an enormous number")


def _check_modulo(left: Any, right: Any, budget: Budget) -> None:
    if isinstance(left, str) and _PERCENT_WIDTH.search(left):
        raise refuse("a very wide format")


_CHECKS: dict[str, Callable[[Any, Any, Budget], None]] = {
    "+": _check_sum,
    "*": _check_product,
    "**": _check_power,
    "%": _check_modulo,
}


# methods of strings


def _checked_method(name: str, owner: str, args: tuple[Any, ...], budget: Budget) -> tuple[Any, ...]:
    """Pay for what a method of a string is about to make; returns its arguments."""
    if name in _PADDING and args and isinstance(args[0], int):
        budget.grow(len(owner) + max(args[0], 0) * (owner.count("\t") if name == "expandtabs" else 1))
    elif name == "replace":
        _pay_replace(owner, args, budget)
    elif name in _SPLITTING and len(owner) > MOST_ITEMS:
        raise refuse(f"{name} on a text of {len(owner):,} characters")
    elif name == "join" and args:
        return (_joinable(args[0], owner, budget), *args[1:])
    return args


def _pay_replace(text: str, args: tuple[Any, ...], budget: Budget) -> None:
    if len(args) >= 2 and isinstance(args[0], str) and isinstance(args[1], str):
        budget.grow(len(text) + text.count(args[0]) * len(args[1]))


def _joinable(items: Any, separator: Any, budget: Budget) -> Any:
    items = settle(items, budget)
    if isinstance(items, Sized):
        budget.grow(len(items) * len(str(separator)))
        if isinstance(items, list | tuple):
            budget.grow(sum(len(one) for one in items if isinstance(one, str)))
    return items


# filters and tests


def _guarded_filter(name: str, plain: Any) -> Callable[..., Any]:
    @pass_context
    def guarded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget = budget_of(context)
        budget.tick()
        value = _checked_filter(name, value, args, kwargs, budget)
        result = plain.call_filter(name, value, args, kwargs, context=context)
        return settle(result, budget)

    return guarded


def _guarded_test(name: str, plain: Any) -> Callable[..., Any]:
    @pass_context
    def guarded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget_of(context).tick()
        return plain.call_test(name, value, args, kwargs, context=context)

    return guarded


def _checked_filter(name: str, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], budget: Budget) -> Any:
    """Pay for what a filter is about to do; returns the value it shall work on."""
    if isinstance(value, Iterator):
        value = settle(value, budget)
    if isinstance(value, Sized):
        budget.step(len(value) >> 6 if isinstance(value, str) else len(value))
    widest = max((abs(one) for one in (*args, *kwargs.values()) if isinstance(one, int)), default=0)
    if name in _WIDTHS and widest > WIDEST:
        raise refuse(f"a width of {widest:,}")
    if name == "indent" and isinstance(value, str):
        width = args[0] if args else kwargs.get("width", 4)
        budget.grow((value.count("\n") + 1) * (len(width) if isinstance(width, str) else int(width)))
    elif name == "replace":
        _pay_replace(str(value), args, budget)
    elif name == "join":
        value = _joinable(value, args[0] if args else kwargs.get("d", ""), budget)
    elif name == "format" and isinstance(value, str):
        _check_modulo(value, None, budget)
    elif name not in _KEEPS_TEXT and isinstance(value, str) and len(value) > MOST_ITEMS:
        raise refuse(f"{name} on a text of {len(value):,} characters")
    return value


_KEEPS_TEXT = frozenset({"capitalize", "count", "d", "default", "e", "escape", "first", "length", "lower", "replace"}) | {
    *("safe", "string", "title", "tojson", "trim", "truncate", "upper", "last"),
}


@pass_context
def _tick(context: Context, value: Any, n_chars: int = 0) -> Any:
    budget_of(context).tick(n_chars)
    return value


@pass_context
def _settled(context: Context, value: Any) -> Any:
    return settle(value, budget_of(context))


@pass_context
def _concatenated(context: Context, *parts: Any) -> str:
    budget = budget_of(context)
    texts = [_text(one, budget) for one in parts]
    return "".join(texts)


@pass_context
def _sliced(context: Context, value: Any, start: Any, stop: Any, step: Any) -> Any:
    return settle(value[start:stop:step], budget_of(context))


@pass_context
def _shown(context: Context, value: Any) -> str:
    """What an output tag prints."""
    budget = budget_of(context)
    budget.tick()
    return _text(value, budget)


def _text(value: Any, budget: Budget) -> str:
    shown = value if isinstance(value, str) else str(value)
    budget.grow(len(shown))
    return shown


# the syntax tree


class _Guard(NodeTransformer):
    """Puts the checks that no method of an environment can make into the tree itself."""

    def _with_tick(self, body: list[nodes.Node]) -> list[nodes.Node]:
        """A body that pays for its step and its own literal text."""
        texts = (child for one in body if isinstance(one, nodes.Output) for child in one.nodes)
        n_chars = sum(len(one.data) for one in texts if isinstance(one, nodes.TemplateData))
        return [nodes.ExprStmt(_filter(nodes.Const(None), "tick!", nodes.Const(n_chars))), *body]

    def _body(self, node: Any) -> Any:
        self.generic_visit(node)
        node.body = self._with_tick(node.body)
        return node

    visit_Macro = visit_CallBlock = visit_FilterBlock = visit_With = visit_Block = visit_Scope = _body

    def visit_For(self, node: nodes.For) -> nodes.Node:
        if isinstance(node.iter, nodes.Expr):
            node.iter = _filter(node.iter, "tick!").set_lineno(node.lineno)
        return self._body(node)

    def visit_If(self, node: nodes.If) -> nodes.Node:
        node = self._body(node)
        node.else_ = self._with_tick(node.else_) if node.else_ else node.else_
        return node

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:
        node = self._body(node)
        node.filter = nodes.Filter(node.filter, "settled!", [], [], None, None)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _filter(node.nodes[0], "~", *node.nodes[1:]).set_lineno(node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = _filter(node.expr, "tick!").set_lineno(node.lineno)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        bounds = (one or nodes.Const(None) for one in (node.arg.start, node.arg.stop, node.arg.step))
        return _filter(node.node, "[:]", *bounds).set_lineno(node.lineno)

    def _container(self, node: Any) -> nodes.Node:
        self.generic_visit(node)
        if getattr(node, "ctx", "load") != "load":
            return node
        return _filter(node, "settled!").set_lineno(node.lineno)

    visit_List = visit_Tuple = visit_Dict = _container


def _filter(value: nodes.Expr, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(args), [], None, None)
