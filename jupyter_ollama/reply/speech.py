"""What is known beforehand about how a model answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..messages import Tool


@dataclass(frozen=True)
class Speech:
    """Facts of the template in use and of the request.

    Args:
        template: the template's text.
        family: the model's family, such as ``gptoss``.
        thinking_tags: what the template writes around thoughts.
        tool_marker: what a Go template writes before a tool call; ``{`` for bare JSON.
        tools: what may be called; without any, an answer has no calls.
        think: what was asked for; False leaves tags in the content.
        prompt: what is answered.
        must_call: the answer is a call of one of the tools, as JSON.
    """

    template: str = ""
    family: str = ""
    thinking_tags: tuple[str, str] | None = None
    tool_marker: str | None = None
    tools: tuple[Tool, ...] = ()
    think: bool | str | None = None
    prompt: str = ""
    must_call: bool = False

    @cached_property
    def tool_names(self) -> frozenset[str]:
        return frozenset(tool.name for tool in self.tools if tool.name)

    def tool(self, name: str) -> Tool | None:
        """The tool of that name."""
        return next((tool for tool in self.tools if tool.name == name), None)
