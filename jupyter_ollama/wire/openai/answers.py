"""Answers as OpenAI's chat and text completions: whole, or as events of a stream."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Sequence
from itertools import accumulate

from ...events import Chunk, Done, Statistics
from ...messages import ToolCall
from ...scores import Logprob
from ..answers import Json, logprob
from ..encoding import event, present

DONE = event("[DONE]")


class ChatWriter:
    """One answer, or several choices of one, in OpenAI's form."""

    def __init__(self, model: str, *, usage: bool = False) -> None:
        self._model = model
        self._usage = usage
        self._head = {"id": f"chatcmpl-{random.randrange(10**9)}", "created": int(time.time())}
        self._began: set[int] = set()
        self._called: set[int] = set()

    def whole(self, answers: Sequence[Done]) -> Json:
        """The answers in one object."""
        choices = [
            {"index": index, "message": _message(one), **_logprobs(one.logprobs), "finish_reason": reason(one, one.message.tool_calls)}
            for index, one in enumerate(answers)
        ]
        return {**self._frame("chat.completion"), "choices": choices, "usage": usage(answers)}

    def pieces(self, index: int, chunk: Chunk) -> Iterable[bytes]:
        """The events of one piece; thoughts and text are never in one event."""
        parts = list(_apart(chunk))
        for first, part in ((parts[0], part) for part in parts):
            delta = {**self._role(index), **part}
            if "tool_calls" in part:
                self._called.add(index)
            numbers = _logprobs(chunk.logprobs if part is first else ())
            yield self._event([{"index": index, "delta": delta, **numbers, "finish_reason": None}])

    def ending(self, index: int, done: Done) -> Iterable[bytes]:
        """The event that says why a choice ended."""
        delta = {**self._role(index), "content": ""} if index not in self._began else {}
        yield self._event([{"index": index, "delta": delta, "finish_reason": reason(done, index in self._called)}])

    def close(self, answers: Sequence[Done]) -> Iterable[bytes]:
        """What ends the stream."""
        if self._usage:
            yield event({**self._frame("chat.completion.chunk"), "choices": [], "usage": usage(answers)})
        yield DONE

    def _role(self, index: int) -> Json:
        if index in self._began:
            return {}
        self._began.add(index)
        return {"role": "assistant"}

    def _event(self, choices: list[Json]) -> bytes:
        return event({**self._frame("chat.completion.chunk"), "choices": choices, **({"usage": None} if self._usage else {})})

    def _frame(self, kind: str) -> Json:
        head = self._head
        return {"id": head["id"], "object": kind, "created": head["created"], "model": self._model, "system_fingerprint": "fp_ollama"}


class TextWriter:
    """The same for text completions.

    Args:
        prefix: what stands before each answer.
    """

    def __init__(self, model: str, *, usage: bool = False, prefix: str = "") -> None:
        self._usage = usage
        self._prefix = prefix
        self._frame = {
            "id": f"cmpl-{random.randrange(10**9)}", "object": "text_completion", "created": int(time.time()), "model": model,
            "system_fingerprint": "fp_ollama",
        }  # fmt: skip
        self._began: set[int] = set()

    def whole(self, answers: Sequence[Done]) -> Json:
        """The answers in one object."""
        choices = [
            {"index": index, "text": self._prefix + one.message.content, **_text_logprobs(one.logprobs), "finish_reason": reason(one)}
            for index, one in enumerate(answers)
        ]
        return {**self._frame, "choices": choices, "usage": usage(answers)}

    def pieces(self, index: int, chunk: Chunk) -> Iterable[bytes]:
        """The event of one piece."""
        prefix = "" if index in self._began else self._prefix
        self._began.add(index)
        if chunk.content or prefix:
            yield self._event([{"index": index, "text": prefix + chunk.content, **_text_logprobs(chunk.logprobs), "finish_reason": None}])

    def ending(self, index: int, done: Done) -> Iterable[bytes]:
        """The event that says why a choice ended."""
        yield self._event([{"index": index, "text": "", "logprobs": None, "finish_reason": reason(done)}])

    def close(self, answers: Sequence[Done]) -> Iterable[bytes]:
        """What ends the stream."""
        if self._usage:
            yield event({**self._frame, "choices": [], "usage": usage(answers)})
        yield DONE

    def _event(self, choices: list[Json]) -> bytes:
        return event({**self._frame, "choices": choices, **({"usage": None} if self._usage else {})})


def reason(done: Done, called: object = None) -> str:
    """Why an answer ended. Only one that ended by itself ended in a call."""
    if done.done_reason == "length":
        return "length"
    return "tool_calls" if called else "stop"


def usage(answers: Sequence[Done]) -> Json:
    """What answers cost; their common prompt counts once."""
    costs = [done.statistics for done in answers] or [Statistics()]
    prompt, made = costs[0].prompt_eval_count, sum(cost.eval_count for cost in costs)
    return {"prompt_tokens": prompt, "completion_tokens": made, "total_tokens": prompt + made}


def call(one: ToolCall, index: int) -> Json:
    """A call, with its arguments as text."""
    function = {"name": one.name, "arguments": json.dumps(dict(one.arguments), ensure_ascii=False)}
    return {"id": one.id, "index": index, "type": "function", "function": function}


def _message(done: Done) -> Json:
    message = done.message
    calls = [call(one, index) for index, one in enumerate(message.tool_calls)]
    return {"role": "assistant", "content": message.content, **present({"reasoning": message.thinking, "tool_calls": calls})}


def _apart(chunk: Chunk) -> Iterable[Json]:
    if chunk.thinking:
        yield {"content": "", "reasoning": chunk.thinking}
    if chunk.content:
        yield {"content": chunk.content}
    if chunk.tool_calls:
        yield {"content": "", "tool_calls": [call(one, one.index) for one in chunk.tool_calls]}


def _logprobs(found: Sequence[Logprob]) -> Json:
    """How probable the tokens of a chat were; nothing where nobody asked."""
    return {"logprobs": {"content": [{"top_logprobs": [], **logprob(one)} for one in found], "refusal": None}} if found else {}


def _text_logprobs(found: Sequence[Logprob], offset: int = 0) -> Json:
    """The same for a text completion."""
    if not found:
        return {"logprobs": None}
    ends = list(accumulate((len(one.token) for one in found), initial=offset))
    top = [{other.token: other.logprob for other in one.top_logprobs} for one in found]
    held = {"tokens": [one.token for one in found], "token_logprobs": [one.logprob for one in found], "top_logprobs": top}
    return {"logprobs": {**held, "text_offset": ends[:-1]}}
