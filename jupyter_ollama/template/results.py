"""Which tool call a result answers, so that the names and ids that people leave out can be filled in. A pure function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..messages import Message, ToolCall


def linked(messages: Sequence[Message], *, ids: bool = False) -> list[Message]:
    """Give every result the name of its call; with ``ids`` also every call an id, and every result that of its call.

    A result answers the call with its id, else the first of its name that has no answer yet, else the first without one.
    The ids have nine letters and digits, which is what templates that check them ask for.
    """
    found: list[Message] = []
    open_calls: list[ToolCall] = []
    count = 0
    for message in messages:
        if message.tool_calls:
            open_calls = [replace(call, id=call.id or f"call{count + place:05}") for place, call in enumerate(message.tool_calls)]
            count += len(open_calls)
            message = replace(message, tool_calls=tuple(open_calls)) if ids else message
        elif message.role == "tool" and (call := _answered(message, open_calls)):
            open_calls = [one for one in open_calls if one is not call]
            message = replace(message, tool_name=message.tool_name or call.name)
            message = replace(message, tool_call_id=message.tool_call_id or call.id) if ids else message
        found.append(message)
    return found


def _answered(result: Message, calls: Iterable[ToolCall]) -> ToolCall | None:
    def by(wanted: str, field: str) -> ToolCall | None:
        return next((call for call in calls if getattr(call, field) == wanted), None) if wanted else None

    named = result.tool_call_id or result.tool_name
    return by(result.tool_call_id, "id") or by(result.tool_name, "name") or (None if named else next(iter(calls), None))
