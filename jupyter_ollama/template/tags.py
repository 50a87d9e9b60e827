"""The texts a template writes around thoughts and before tool calls: what to look for in the answers of its model.

Go templates are asked through their syntax tree, by Ollama's rules; in a Jinja text the usual tags are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .go import GoTemplate, nodes, tree

JSON_MARKER = "{"
"""The marker of calls that are written as bare JSON."""

_THINK = ("<think>", "</think>")
_SPLITS_THOUGHTS = re.compile(r"""split\(\s*['"]</think>['"]""")
_SAID = frozenset({"Content", "Thinking"})


def go_thinking_tags(template: GoTemplate) -> tuple[str, str] | None:
    """The texts around ``.Thinking`` in the loop over the messages, as in <think> and </think>; None without both."""
    for node in tree.walk(template.body):
        if isinstance(node, nodes.Range) and _reads(node.pipe, "Messages"):
            for body in _bodies(node.body):
                if any(isinstance(one, nodes.Action) and _reads(one.pipe, "Thinking") for one in body):
                    texts = [one.text.strip() for one in body if isinstance(one, nodes.Text) and one.text.strip()]
                    if len(texts) > 1:
                        return texts[0], texts[-1]
    return None


def jinja_thinking_tags(text: str) -> tuple[str, str] | None:
    """``<think>`` and ``</think>`` if the text has both, or takes answers apart at the second."""
    splits = _SPLITS_THOUGHTS.search(text) is not None and "reasoning_content" not in text
    return _THINK if splits or all(tag in text for tag in _THINK) else None


def go_tool_marker(template: GoTemplate) -> str:
    """What stands before a tool call: the first text below the first ``if .ToolCalls``, up to a brace; else a brace."""
    for node in tree.walk(template.body):
        if isinstance(node, nodes.Branch | nodes.Range) and _asks(node.pipe, "ToolCalls"):
            return _first_text(node.body).partition("{")[0].strip() or JSON_MARKER
    return JSON_MARKER


def _first_text(body: nodes.Body) -> str:
    """The first text that is not blank before anything of a call is printed; what the model said besides may be."""
    for node in body:
        if isinstance(node, nodes.Text) and node.text.strip():
            return node.text.replace("\r\n", "\n")
        if isinstance(node, nodes.If | nodes.With):
            arms = (*(branch.body for branch in node.branches), node.otherwise)
            return next(filter(None, map(_first_text, arms)), "")
        if isinstance(node, nodes.Range):
            return _first_text(node.body) or _first_text(node.otherwise)
        if isinstance(node, nodes.Action) and not node.pipe.variables and not _SAID & set(tree.names((node,))):
            return ""
    return ""


def _asks(pipe: nodes.Pipe, name: str) -> bool:
    """Whether a condition holds where ``.name`` is there: it stands in it, and not behind a ``not``."""
    for command in pipe.commands:
        first = command.operands[0]
        if isinstance(first, nodes.Function) and first.name == "not":
            continue
        for operand in command.operands:
            inner = isinstance(operand, nodes.Pipe) and _asks(operand, name)
            if inner or (isinstance(operand, nodes.Field | nodes.Variable | nodes.Chain) and name in operand.names):
                return True
    return False


def _bodies(body: nodes.Body) -> Iterator[nodes.Body]:
    """A body and those of its ifs and withs; what an inner range goes over are no messages."""
    yield body
    for node in body:
        if isinstance(node, nodes.If | nodes.With):
            for inner in (*(branch.body for branch in node.branches), node.otherwise):
                yield from _bodies(inner)


def _reads(pipe: Any, name: str) -> bool:
    return name in tree.names((pipe,))
