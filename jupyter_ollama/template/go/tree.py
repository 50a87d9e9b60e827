"""Questions about a syntax tree and new trees made of it: which variables it mentions, its part up to a field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from . import nodes


def walk(node: Any) -> Iterator[Any]:
    """Every node below (and including) a node, a body or a list of them, in the order of the text."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending.extend(reversed(one))
        elif is_dataclass(one):
            yield one
            pending.extend(getattr(one, part.name) for part in reversed(fields(one)))


def names(body: nodes.Body) -> Iterator[str]:
    """The name of every field that is read: ``Messages`` for ``.Messages``, ``$.Messages`` and ``(x).Messages``."""
    for node in walk(body):
        if isinstance(node, nodes.Field | nodes.Variable | nodes.Chain):
            yield from node.names


def cut_after(body: nodes.Body, name: str) -> tuple[nodes.Body, bool]:
    """The body up to and including the first action that prints ``.name``, and whether there is one.

    The arms of an if are alternatives: each ends at its own reference, and the text after the block goes in any case.
    """
    kept: list[nodes.Node] = []
    for node in body:
        shortened, found = _cut_node(node, name)
        kept.append(shortened)
        if found:
            return tuple(kept), True
    return tuple(kept), False


def _cut_node(node: nodes.Node, name: str) -> tuple[nodes.Node, bool]:
    if isinstance(node, nodes.Action | nodes.Call):
        return node, node.pipe is not None and any(_mentions(one, name) for one in walk(node.pipe))
    if isinstance(node, nodes.If | nodes.With):
        arms = [cut_after(branch.body, name) for branch in node.branches]
        otherwise, found = cut_after(node.otherwise, name)
        branches = tuple(nodes.Branch(old.pipe, new) for old, (new, _) in zip(node.branches, arms, strict=True))
        return replace(node, branches=branches, otherwise=otherwise), found or any(cut for _, cut in arms)
    if isinstance(node, nodes.Range):
        inside, found = cut_after(node.body, name)
        otherwise, found_else = cut_after(node.otherwise, name)
        return replace(node, body=inside, otherwise=otherwise), found or found_else
    return node, False


def _mentions(node: Any, name: str) -> bool:
    return isinstance(node, nodes.Field | nodes.Variable | nodes.Chain) and name in node.names
