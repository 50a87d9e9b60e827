"""Puts into a Jinja template's syntax tree the checks that no method of an environment can make.

They are calls of filters whose names no template can spell: ``tick!`` pays for a step, ``settled!`` for a new container,
``~`` joins texts, ``[:]`` slices.
"""

from __future__ import annotations

from jinja2 import nodes
from jinja2.nodes import Expr, Node
from jinja2.visitor import NodeTransformer

from ..sentences import Sentence
from .jinja_costs import refuse

_WITH_BODY = (nodes.AssignBlock, nodes.Block, nodes.CallBlock, nodes.FilterBlock, nodes.For, nodes.If, nodes.Macro, nodes.With)
_CONTAINERS = (nodes.Dict, nodes.List, nodes.Tuple)


MOST_NODES = 8_000
"""The largest of the published templates have 1,300, 30 levels deep."""
DEEPEST = 100


class Guard(NodeTransformer):
    """Rewrites a tree from its leaves up. Raises: TemplateError for one that is too large to be compiled soon."""

    def __init__(self) -> None:
        self.n_nodes = 0
        self.depth = 0

    def generic_visit(self, node: Node, *args: object, **kwargs: object) -> Node:
        self.n_nodes += 1
        self.depth += 1
        if self.n_nodes > MOST_NODES or self.depth > DEEPEST:
            raise refuse(Sentence("more than %1 expressions, or nests them deeper than %2 levels", f"{MOST_NODES:,}", DEEPEST))
        super().generic_visit(node)
        self.depth -= 1
        return _guarded(node)


def _guarded(node: Node) -> Node:
    if isinstance(node, _WITH_BODY):
        _pay_bodies(node)
    elif isinstance(node, nodes.Concat):
        return _filter(node.nodes[0], "~", *node.nodes[1:])
    elif isinstance(node, nodes.Compare):
        node.expr = _filter(node.expr, "tick!")
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice):
        bounds = (one or nodes.Const(None) for one in (node.arg.start, node.arg.stop, node.arg.step))
        return _filter(node.node, "[:]", *bounds)
    elif isinstance(node, _CONTAINERS) and getattr(node, "ctx", "load") == "load":
        return _filter(node, "settled!")
    return node


def _pay_bodies(node: Node) -> None:
    for name in ("body", "else_"):
        body: list[Node] | None = getattr(node, name, None)
        if body or (name == "body" and isinstance(node, nodes.For)):
            setattr(node, name, _paid(body or [], node.lineno))
    if isinstance(node, nodes.For) and isinstance(node.iter, Expr):
        node.iter = _filter(node.iter, "tick!")
    if isinstance(node, nodes.AssignBlock):  # a filter without a value works on what the block printed
        node.filter = nodes.Filter(node.filter, "settled!", [], [], None, None)


def _paid(body: list[Node], line: int) -> list[Node]:
    """A body that pays for its step and its own literal text."""
    texts = (child for one in body if isinstance(one, nodes.Output) for child in one.nodes)
    n_chars = sum(len(one.data) for one in texts if isinstance(one, nodes.TemplateData))
    step = _filter(nodes.Const(None, lineno=line), "tick!", nodes.Const(n_chars, lineno=line))
    return [nodes.ExprStmt(step, lineno=line), *body]


def _filter(value: Expr, name: str, *args: Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(args), [], None, None, lineno=value.lineno)
