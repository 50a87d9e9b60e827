"""A finished answer, and the messages of a conversation."""

from __future__ import annotations

from typing import Any

from ...events import Done
from ...messages import Message
from .events import tool_call
from .plain import plain

Json = dict[str, Any]


def message(one: Message) -> Json:
    """One turn; what it lacks is left out. Pictures are not shown."""
    said: Json = {"role": one.role, "content": one.content}
    if one.thinking:
        said["thinking"] = one.thinking
    if one.tool_calls:
        said["toolCalls"] = [tool_call(call) for call in one.tool_calls]
    if one.tool_name:
        said["toolName"] = one.tool_name
    return said


def answer(done: Done) -> Json:
    """How an answer ended, how it was made and what it cost. Units: seconds, tokens."""
    cost = done.statistics
    spans = {"total": cost.total_duration, "load": cost.load_duration, "prompt": cost.prompt_eval_duration, "answer": cost.eval_duration}
    return {
        "message": message(done.message),
        "turns": [message(turn) for turn in done.turns],
        "reason": done.done_reason,
        "digest": done.digest.removeprefix("sha256:"),
        "seed": done.seed,
        "options": plain(done.options),
        "leftOut": done.left_out,
        "promptTokens": cost.prompt_eval_count,
        "cachedTokens": done.cached_tokens,
        "tokens": cost.eval_count,
        "seconds": {name: nanoseconds / 1e9 for name, nanoseconds in spans.items()},
    }
