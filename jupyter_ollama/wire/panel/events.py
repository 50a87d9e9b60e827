"""What a verb at work reports, for a front end that translates it: progress as kind and facts, not as text alone."""

from __future__ import annotations

from typing import Any

from ...events import Chunk, Done, Event, Progress, ToolResult
from ...messages import ToolCall
from ...sentences import Sentence
from .plain import plain, said

Json = dict[str, Any]


def event(one: Event) -> Json | None:
    """Any event. None for what travels as a result."""
    match one:
        case Progress():
            return progress(one)
        case Chunk():
            return chunk(one)
        case ToolResult():
            return {"type": "tool", "call": tool_call(one.call), "result": one.result, "outcome": one.outcome}
        case Done():
            return None


def progress(step: Progress) -> Json:
    """A step of long work. Units: bytes."""
    return {
        "type": "progress",
        "step": step.kind,
        "status": step.status,
        "digest": step.digest,
        "completed": step.completed,
        "total": step.total,
        "facts": {name: said(value) if isinstance(value, Sentence) else plain(value) for name, value in step.facts.items()},
    }


def chunk(piece: Chunk) -> Json:
    """A piece of an answer."""
    calls = [tool_call(call) for call in piece.tool_calls]
    return {"type": "chunk", "content": piece.content, "thinking": piece.thinking, "toolCalls": calls}


def tool_call(call: ToolCall) -> Json:
    """What the model wants to be called."""
    return {"name": call.name, "arguments": dict(call.arguments), "id": call.id}
