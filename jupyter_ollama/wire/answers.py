"""An answer as generate and chat stream it: pieces, then one object that says how it ended and what it cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..events import Chunk, Done
from ..messages import ToolCall
from ..scores import Logprob
from .encoding import present
from .instants import now

Json = dict[str, Any]


def generate_chunk(model: str, chunk: Chunk) -> Json:
    """One piece of a completion; ``model`` is the name as it was asked for."""
    return {"model": model, "created_at": now(), "response": chunk.content, **_beside(chunk), "done": False, **_probabilities(chunk)}


def generate_done(model: str, done: Done, chunk: Chunk | None = None) -> Json:
    """The end of a completion; with ``chunk``, which holds all of it, it is the whole answer."""
    whole = chunk or Chunk()
    text = {"model": model, "created_at": now(), "response": whole.content, **_beside(whole)}
    return {**text, **_ending(done), **present({"context": list(done.context)}), **_cost(done), **_probabilities(whole)}


def chat_chunk(model: str, chunk: Chunk) -> Json:
    """One piece of a turn."""
    return {"model": model, "created_at": now(), "message": _message(chunk), "done": False, **_probabilities(chunk)}


def chat_done(model: str, done: Done, chunk: Chunk | None = None) -> Json:
    """The end of a turn; with ``chunk``, which holds all of it, it is the whole turn."""
    whole = chunk or Chunk()
    return {"model": model, "created_at": now(), "message": _message(whole), **_ending(done), **_cost(done), **_probabilities(whole)}


def whole(done: Done) -> Chunk:
    """All pieces of an answer in one, for when it is not streamed."""
    return Chunk(done.message.content, done.message.thinking, done.message.tool_calls, tuple(done.logprobs))


def tool_call(call: ToolCall) -> Json:
    """A call as it stands in messages; ``index`` also when it is 0."""
    function = {"index": call.index, "name": call.name, "arguments": dict(call.arguments)}
    return {**present({"id": call.id}), "function": function}


def _message(chunk: Chunk) -> Json:
    return {"role": "assistant", "content": chunk.content, **_beside(chunk)}


def _beside(chunk: Chunk) -> Json:
    return present({"thinking": chunk.thinking, "tool_calls": [tool_call(call) for call in chunk.tool_calls]})


def _probabilities(chunk: Chunk) -> Json:
    return present({"logprobs": [logprob(one) for one in chunk.logprobs]})


def logprob(one: Logprob) -> Json:
    """How probable a token was, and others at its place."""
    said = {"token": one.token, "logprob": one.logprob, "bytes": list(one.bytes)}
    return {**said, **present({"top_logprobs": [logprob(other) for other in one.top_logprobs]})}


def _ending(done: Done) -> Json:
    return {"done": True, "done_reason": done.done_reason}


def _cost(done: Done) -> Json:
    return present(asdict(done.statistics))
