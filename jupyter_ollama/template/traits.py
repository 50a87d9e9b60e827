"""What a template can do, read off its text: tools, thinking, insert; and whether it carries tool results back.

These are Ollama's own signs, so that ``show`` and the choice of a template agree with it.
"""

from __future__ import annotations

import re

from .go import GoTemplate
from .tags import go_thinking_tags, jinja_thinking_tags

_CALLS = ("tool_calls", "assistant_tool_call")
_RESULTS = ("tool_response", "tool_results", "ipython")
_TOOL_ROLE = re.compile(r"""(role['"]?\]?|\.role)\s*==\s*['"]tool['"]""")
_GO_RESULTS = re.compile(r'tool_response|TOOL_RESULTS|eq\s+\S*\.Role\s+"tool"')


def jinja_traits(text: str) -> frozenset[str]:
    """Of tools and thinking, what a Jinja text offers."""
    found = set()
    if "tools" in text or "tool_call" in text:
        found.add("tools")
    if jinja_thinking_tags(text):
        found.add("thinking")
    return frozenset(found)


def jinja_round_trip(text: str) -> bool:
    """Whether a Jinja text prints the calls an assistant made and the results it got."""
    return any(one in text for one in _CALLS) and (any(one in text for one in _RESULTS) or _TOOL_ROLE.search(text) is not None)


def go_traits(template: GoTemplate) -> frozenset[str]:
    """Of tools, insert and thinking, what a Go template offers."""
    found = set()
    if "tools" in template.identifiers:
        found.add("tools")
    if "suffix" in template.identifiers:
        found.add("insert")
    if go_thinking_tags(template):
        found.add("thinking")
    return frozenset(found)


def go_round_trip(template: GoTemplate) -> bool:
    """Whether a Go template prints the calls an assistant made and the results it got."""
    return {"tools", "toolcalls"} <= template.identifiers and _GO_RESULTS.search(template.source) is not None
