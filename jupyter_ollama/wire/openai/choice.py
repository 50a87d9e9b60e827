"""Which tools a client leaves to the model, and whether it leaves the model a choice."""

from __future__ import annotations

from typing import Any

from ...messages import Tool
from ..fields import bad


def calling(offered: tuple[Tool, ...], choice: Any) -> dict[str, Any]:
    """The tools and whether one has to be called, as the verb takes them.

    Args:
        choice: ``auto``, ``none``, ``required``, an object that names a function, or one that allows some of them.
    Raises: BadRequest for anything else, for a tool that is not offered, and when one has to be called and there is none.
    """
    match choice:
        case None | "auto":
            return {"tools": offered}
        case "none":
            return {"tools": ()}
        case "required":
            return _must(offered)
        case {"type": "allowed_tools"}:
            inner = choice.get("allowed_tools")
            return _allowed(offered, inner if isinstance(inner, dict) else choice)
        case {"type": "function" | "tool"} | {"function": _}:
            return _must(_named(offered, choice))
    raise bad(f"invalid tool_choice: {choice!r:.100}", hint='It is "auto", "none", "required", or names a function.')


def _must(tools: tuple[Tool, ...]) -> dict[str, Any]:
    if not tools:
        raise bad("tool_choice requires a call, but there are no tools")
    return {"tools": tools, "must_call": True}


def _allowed(offered: tuple[Tool, ...], given: dict[str, Any]) -> dict[str, Any]:
    mode, allowed = given.get("mode", "auto"), given.get("tools")
    if mode not in ("auto", "required") or not isinstance(allowed, list):
        raise bad("tool_choice needs the tools that are allowed, and auto or required as their mode")
    tools = tuple(tool for one in allowed for tool in _named(offered, one))
    return _must(tools) if mode == "required" else {"tools": tools}


def _named(offered: tuple[Tool, ...], choice: Any) -> tuple[Tool, ...]:
    held = choice if isinstance(choice, dict) else {}
    function = held.get("function")
    name = function.get("name") if isinstance(function, dict) else held.get("name")
    found = tuple(tool for tool in offered if tool.name == name)
    if not found:
        raise bad(f"tool_choice names {name!r:.100}, which is not among the tools")
    return found
