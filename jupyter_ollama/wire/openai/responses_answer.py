"""Answers as OpenAI's responses: one object, or the events of a stream."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Sequence
from typing import Any

from ...events import Chunk, Done
from ...messages import ToolCall
from ..answers import Json
from ..encoding import event


class ResponsesWriter:
    """One response: items of reasoning, text and calls, in the order in which they come.

    Args:
        echoed: what the answer repeats of the request.
    """

    def __init__(self, model: str, echoed: Json) -> None:
        number = random.randrange(10**12)
        self._frame = {"id": f"resp_{number}", "object": "response", "created_at": int(time.time()), "model": model, **echoed}
        self._number = number
        self._sequence = 0
        self._items: list[Json] = []
        self._open: _Item | None = None

    def whole(self, answers: Sequence[Done]) -> Json:
        """The answer in one object."""
        [done] = answers
        message = done.message
        for chunk in (Chunk(thinking=message.thinking), Chunk(message.content), Chunk(tool_calls=message.tool_calls)):
            list(self.pieces(0, chunk))
        list(self._closed())
        return self._response(_status(done), done)

    def pieces(self, index: int, chunk: Chunk) -> Iterable[bytes]:
        """The events of one piece."""
        yield from self._started()
        if chunk.thinking:
            yield from self._write(_Reasoning, chunk.thinking)
        if chunk.content:
            yield from self._write(_Text, chunk.content)
        for call in chunk.tool_calls:
            yield from self._closed()
            yield from self._call(call)

    def ending(self, index: int, done: Done) -> Iterable[bytes]:
        """What ends the stream, with the whole answer once more."""
        yield from self._started()
        yield from self._closed()
        status = _status(done)
        yield self._event(f"response.{status}", response=self._response(status, done))

    def close(self, answers: Sequence[Done]) -> Iterable[bytes]:
        """Nothing more."""
        return ()

    def _started(self) -> Iterable[bytes]:
        if not self._sequence:
            for name in ("created", "in_progress"):
                yield self._event(f"response.{name}", response=self._response("in_progress", None))

    def _write(self, kind: type[_Item], text: str) -> Iterable[bytes]:
        if not isinstance(self._open, kind):
            yield from self._closed()
            self._open = kind(f"{kind.prefix}_{self._number}_{len(self._items)}")
            yield self._event("response.output_item.added", item=self._open.item("in_progress"), **self._place())
            yield self._event(kind.part_added, **self._in_item(), part=kind.part(""))
        assert self._open is not None
        self._open.text += text
        yield self._event(kind.delta, **self._in_item(), delta=text, **kind.beside)

    def _closed(self) -> Iterable[bytes]:
        held = self._open
        if held is None:
            return
        yield self._event(held.done, **self._in_item(), text=held.text, **held.beside)
        yield self._event(held.part_done, **self._in_item(), part=held.part(held.text))
        yield self._event("response.output_item.done", item=held.item("completed"), **self._place())
        self._items.append(held.item("completed"))
        self._open = None

    def _call(self, call: ToolCall) -> Iterable[bytes]:
        identity, text = f"fc_{self._number}_{len(self._items)}", json.dumps(dict(call.arguments), ensure_ascii=False)
        item = {"id": identity, "type": "function_call", "call_id": call.id, "name": call.name}
        whole = {**item, "arguments": text, "status": "completed"}
        place = {"item_id": identity, **self._place()}
        yield self._event("response.output_item.added", item={**item, "arguments": "", "status": "in_progress"}, **self._place())
        yield self._event("response.function_call_arguments.delta", **place, delta=text)
        yield self._event("response.function_call_arguments.done", **place, name=call.name, arguments=text)
        yield self._event("response.output_item.done", item=whole, **self._place())
        self._items.append(whole)

    def _place(self) -> Json:
        return {"output_index": len(self._items)}

    def _in_item(self) -> Json:
        assert self._open is not None
        return {"item_id": self._open.identity, **self._place(), self._open.part_index: 0}

    def _event(self, name: str, /, **fields: Any) -> bytes:
        self._sequence += 1
        return event({"type": name, "sequence_number": self._sequence - 1, **fields}, name)

    def _response(self, status: str, done: Done | None) -> Json:
        return {
            **self._frame,
            "status": status,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            "output": list(self._items),
            "usage": _usage(done) if done else None,
        }


class _Item:
    """An item of text that is being written."""

    prefix = ""
    part_index = "content_index"
    beside: Json = {}  # noqa: RUF012 (never changed)
    part_added = "response.content_part.added"
    part_done = "response.content_part.done"
    delta = done = ""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.text = ""

    @staticmethod
    def part(text: str) -> Json:
        raise NotImplementedError

    def item(self, status: str) -> Json:
        raise NotImplementedError


class _Text(_Item):
    prefix = "msg"
    beside: Json = {"logprobs": []}  # noqa: RUF012 (never changed)
    delta = "response.output_text.delta"
    done = "response.output_text.done"

    @staticmethod
    def part(text: str) -> Json:
        return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}

    def item(self, status: str) -> Json:
        content = [self.part(self.text)] if status == "completed" else []
        return {"id": self.identity, "type": "message", "role": "assistant", "status": status, "content": content}


class _Reasoning(_Item):
    prefix = "rs"
    part_index = "summary_index"
    part_added = "response.reasoning_summary_part.added"
    part_done = "response.reasoning_summary_part.done"
    delta = "response.reasoning_summary_text.delta"
    done = "response.reasoning_summary_text.done"

    @staticmethod
    def part(text: str) -> Json:
        return {"type": "summary_text", "text": text}

    def item(self, status: str) -> Json:
        return {"id": self.identity, "type": "reasoning", "summary": [self.part(self.text)] if status == "completed" else []}


def _status(done: Done) -> str:
    return "incomplete" if done.done_reason == "length" else "completed"


def _usage(done: Done) -> Json:
    read, made = done.statistics.prompt_eval_count, done.statistics.eval_count
    return {
        "input_tokens": read, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": made, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": read + made,
    }  # fmt: skip
