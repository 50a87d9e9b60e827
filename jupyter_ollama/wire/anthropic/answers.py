"""Answers and errors as Anthropic's messages: one object, or the events of a stream."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from ... import errors
from ...events import Chunk, Done
from ...messages import Message, ToolCall
from ..answers import Json
from ..encoding import dumps, event
from ..errors import status_of, text_of

_TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large",
    429: "rate_limit_error", 503: "overloaded_error", 529: "overloaded_error",
}  # fmt: skip
_CHARACTERS_A_TOKEN = 4


class MessageWriter:
    """One message: blocks of thinking, text and calls, in the order in which they come.

    Args:
        asked: the conversation, whose length is what a stream can say of its cost when it begins.
    """

    def __init__(self, model: str, asked: Sequence[Message]) -> None:
        self._frame: Json = {"id": f"msg_{secrets.token_hex(12)}", "type": "message", "role": "assistant", "model": model}
        self._asked = asked
        self._index = -1
        self._open = ""
        self._began = self._called = False

    def whole(self, answers: Sequence[Done]) -> Json:
        """The answer in one object."""
        [done] = answers
        message = done.message
        content: list[Json] = []
        if message.thinking:
            content.append({"type": "thinking", "thinking": message.thinking, "signature": ""})
        if message.content or not message.tool_calls:
            content.append({"type": "text", "text": message.content})
        content += [_call(one, dict(one.arguments)) for one in message.tool_calls]
        return {**self._frame, "content": content, **_reason(done, bool(message.tool_calls)), "usage": _usage(done)}

    def pieces(self, index: int, chunk: Chunk) -> Iterable[bytes]:
        """The events of one piece."""
        yield from self._started()
        if chunk.thinking:
            yield from self._opened("thinking", {"type": "thinking", "thinking": "", "signature": ""})
            yield self._delta({"type": "thinking_delta", "thinking": chunk.thinking})
        if chunk.content:
            yield from self._opened("text", {"type": "text", "text": ""})
            yield self._delta({"type": "text_delta", "text": chunk.content})
        for call in chunk.tool_calls:
            self._called = True
            yield from self._closed()
            yield from self._opened("tool_use", _call(call, {}))
            yield self._delta({"type": "input_json_delta", "partial_json": dumps(dict(call.arguments)).decode()})
            yield from self._closed()

    def ending(self, index: int, done: Done) -> Iterable[bytes]:
        """The event that says why it ended and what it cost."""
        yield from self._started()
        if self._index < 0:
            yield from self._opened("text", {"type": "text", "text": ""})
        yield from self._closed()
        yield event({"type": "message_delta", "delta": _reason(done, self._called), "usage": _usage(done)}, "message_delta")

    def close(self, answers: Sequence[Done]) -> Iterable[bytes]:
        """What ends the stream."""
        yield event({"type": "message_stop"}, "message_stop")

    def _started(self) -> Iterable[bytes]:
        if not self._began:
            self._began = True
            guess = sum(len(message.content) for message in self._asked) // _CHARACTERS_A_TOKEN
            usage = {"input_tokens": guess, "output_tokens": 0}
            message = {**self._frame, "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
            yield event({"type": "message_start", "message": message}, "message_start")

    def _opened(self, kind: str, block: Json) -> Iterable[bytes]:
        if self._open != kind:
            yield from self._closed()
            self._index += 1
            self._open = kind
            yield event({"type": "content_block_start", "index": self._index, "content_block": block}, "content_block_start")

    def _delta(self, delta: Json) -> bytes:
        return event({"type": "content_block_delta", "index": self._index, "delta": delta}, "content_block_delta")

    def _closed(self) -> Iterable[bytes]:
        if self._open:
            self._open = ""
            yield event({"type": "content_block_stop", "index": self._index}, "content_block_stop")


def error_body(error: errors.OllamaError) -> Json:
    """The JSON of a request that failed."""
    kind = _TYPES.get(status_of(error), "api_error")
    return {"type": "error", "error": {"type": kind, "message": text_of(error)}, "request_id": f"req_{secrets.token_hex(12)}"}


def _call(call: ToolCall, arguments: Json) -> Json:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}


def _reason(done: Done, called: bool) -> Json:
    reasons = {"stop": "end_turn", "length": "max_tokens"}
    return {"stop_reason": "tool_use" if called else reasons.get(done.done_reason, "stop_sequence"), "stop_sequence": None}


def _usage(done: Done) -> Json:
    return {"input_tokens": done.statistics.prompt_eval_count, "output_tokens": done.statistics.eval_count}
