"""An answer as generate and chat stream it: pieces, then one object that says how it ended and what it cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..events import Chunk, Done
from ..messages import ToolCall
from .encoding import present
from .instants import now

Json = dict[str, Any]


def generate_chunk(model: str, chunk: Chunk) -> Json:
    """One piece of a completion; ``model`` is the name as it was asked for."""
    return {"model": model, "created_at": now(), "response": chunk.content, **_beside(chunk), "done": False}


def generate_done(model: str, done: Done, chunk: Chunk | None = None) -> Json:
    """The end of a completion; with ``chunk``, which holds all of it, it is the whole answer."""
    whole = chunk or Chunk()
    text = {"model": model, "created_at": now(), "response": whole.content, **_beside(whole)}
    return {**text, **_ending(done), **present({"context": list(done.context)}), **_cost(done)}


def chat_chunk(model: str, chunk: Chunk) -> Json:
    """One piece of a turn."""
    return {"model": model, "created_at": now(), "message": _message(chunk), "done": False}


def chat_done(model: str, done: Done, chunk: Chunk | None = None) -> Json:
    """The end of a turn; with ``chunk``, which holds all of it, it is the whole turn."""
    return {"model": model, "created_at": now(), "message": _message(chunk or Chunk()), **_ending(done), **_cost(done)}


def whole(done: Done) -> Chunk:
    """All pieces of an answer in one, for when it is not streamed."""
    return Chunk(done.message.content, done.message.thinking, done.message.tool_calls)


def tool_call(call: ToolCall) -> Json:
    """A call as it stands in messages; ``index`` also when it is 0."""
    function = {"index": call.index, "name": call.name, "arguments": dict(call.arguments)}
    return {**present({"id": call.id}), "function": function}


def _message(chunk: Chunk) -> Json:
    return {"role": "assistant", "content": chunk.content, **_beside(chunk)}


def _beside(chunk: Chunk) -> Json:
    return present({"thinking": chunk.thinking, "tool_calls": [tool_call(call) for call in chunk.tool_calls]})


def _ending(done: Done) -> Json:
    return {"done": True, "done_reason": done.done_reason}


def _cost(done: Done) -> Json:
    return present(asdict(done.statistics))
