"""A host that speaks OpenAI's API: vLLM, llama-server and many others. It lists, chats, completes and embeds; models are its own matter."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from ..cancelling import CancelToken
from ..embeddings import Embeddings
from ..events import Chunk, Done, Event, Statistics
from ..messages import Message, MessageLike, ToolCall, ToolLike, as_messages, as_tools
from ..models import ModelList
from ..options import check_options
from ..run import Run
from ..schema import as_format
from ..settings import Settings
from ..verbs.list import narrowed
from ..verbs.terms import ROUNDS, TIMEOUT_S, Terms
from ..verbs.tool_loop import with_functions
from ..wire import asking, reading
from .engine import Remote
from .line import Json, Line

_REASONS = {"length": "length", "tool_calls": "stop", "stop": "stop"}
_EFFORT = {True: "medium", False: "none", "max": "high"}


class OpenAIHost(Remote):
    """Whatever answers at ``/v1``."""

    kind = "OpenAI's API"

    def __init__(self, line: Line, settings: Settings) -> None:
        super().__init__(line.address, settings)
        self._line = line

    def list(self, prefix: str = "", *, first: int | None = None) -> ModelList:
        """The models that the host serves."""
        return narrowed(reading.served(self._line.get("/v1/models")), prefix, first)

    def chat(
        self, model: str, messages: MessageLike | Iterable[MessageLike], *, tools: ToolLike | Iterable[ToolLike] | None = None,
        must_call: bool = False, approve: Any = None, max_rounds: int = ROUNDS, tool_timeout: float | None = TIMEOUT_S,
        think: bool | str | None = None,
        system: str | None = None, options: dict[str, Any] | None = None, format: Any = None, **more: Any,  # noqa: A002 (Ollama's name)
    ) -> Run[Done]:  # fmt: skip
        """See ``Ollama.chat``. Memory and context are the host's matter; Python functions are called here."""
        said, offered = as_messages(messages), as_tools(tools)
        said = (Message("system", system), *said) if system else said
        body = self._asked(model, options, format)
        if think is not None:
            body["reasoning_effort"] = _EFFORT.get(think, think)
        if offered:
            body["tools"] = [asking.tool(one) for one in offered]

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            def ask(messages: Sequence[Message]) -> Generator[Event, None, Done]:
                whole = {**body, "messages": [asking.openai_message(one) for one in messages]}
                if must_call and len(messages) == len(said):
                    whole["tool_choice"] = "required"
                return self._answer("/v1/chat/completions", model, whole, options, cancel)

            return with_functions(ask, said, offered, Terms(approve, max_rounds, tool_timeout), cancel)

        return self._run(work, "chat", model)

    def generate(
        self, model: str, prompt: str, *, raw: bool = False, system: str | None = None, options: dict[str, Any] | None = None,
        format: Any = None, suffix: str | None = None, **more: Any,  # noqa: A002 (Ollama's name)
    ) -> Run[Done]:  # fmt: skip
        """Complete a prompt: as it is if it is ``raw``, else as one turn of a chat."""
        if not raw and not suffix:
            return self.chat(model, prompt, system=system, options=options, format=format, **more) if prompt else self._nothing(model)
        body = {**self._asked(model, options, format), "prompt": prompt, **({"suffix": suffix} if suffix else {})}
        return self._run(lambda cancel: self._answer("/v1/completions", model, body, options, cancel), "generate", model)

    def embed(
        self, model: str, input: str | Sequence[str], *, dimensions: int | None = None, **more: Any  # noqa: A002 (Ollama's name)
    ) -> Run[Embeddings]:
        """See ``Ollama.embed``."""
        texts = [input] if isinstance(input, str) else list(input)
        body: Json = {"model": model, "input": texts, **({"dimensions": dimensions} if dimensions else {})}

        def work(cancel: CancelToken) -> Generator[Event, None, Embeddings]:
            answer = self._line.post("/v1/embeddings", body, cancel)
            rows = sorted((one for one in answer.get("data") or () if isinstance(one, dict)), key=lambda one: one.get("index") or 0)
            return Embeddings(reading.vectors([one.get("embedding") for one in rows]), model)
            yield  # the work of a Run is a generator

        return self._run(work, "embed", model)

    def _nothing(self, model: str) -> Run[Done]:
        """What loads a model elsewhere: the host has it loaded."""

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            return Done(Message("assistant"), model, "load", Statistics())
            yield  # the work of a Run is a generator

        return self._run(work, "generate", model)

    def _asked(self, model: str, options: dict[str, Any] | None, wanted: Any) -> Json:
        shape = asking.openai_format(reading.as_json(as_format(wanted)) if wanted is not None else None)
        stream = {"stream": True, "stream_options": {"include_usage": True}}
        return {"model": model, **stream, **shape, **asking.openai_options(check_options(options))}

    def _answer(self, path: str, model: str, body: Json, options: Any, cancel: CancelToken) -> Generator[Event, None, Done]:
        started, kept, calls, reason, usage = time.perf_counter_ns(), list[Chunk](), _Calls(), "stop", dict[str, Any]()
        for answer in self._line.stream(path, body, cancel):
            usage = answer.get("usage") or usage
            for choice in answer.get("choices") or ():
                delta = choice.get("delta") or {}
                thinking = delta.get("reasoning_content") or delta.get("reasoning") or ""
                piece = Chunk(delta.get("content") or choice.get("text") or "", thinking)
                calls.add(delta.get("tool_calls") or ())
                reason = _REASONS.get(choice.get("finish_reason"), reason)
                if piece != Chunk():
                    kept.append(piece)
                    yield piece
        asked = calls.whole()
        if asked:
            yield Chunk(tool_calls=asked)
        content, thinking = "".join(one.content for one in kept), "".join(one.thinking for one in kept)
        cost = Statistics(
            total_duration=time.perf_counter_ns() - started, prompt_eval_count=usage.get("prompt_tokens") or 0,
            eval_count=usage.get("completion_tokens") or 0, eval_duration=time.perf_counter_ns() - started,
        )  # fmt: skip
        return Done(Message("assistant", content, thinking, tool_calls=asked), model, reason, cost, options=dict(options or {}))


class _Calls:
    """Tool calls that come in pieces."""

    def __init__(self) -> None:
        self._parts: dict[int, dict[str, str]] = {}

    def add(self, deltas: Iterable[Any]) -> None:
        for delta in deltas:
            held = self._parts.setdefault(delta.get("index") or 0, {"id": "", "name": "", "arguments": ""})
            function = delta.get("function") or {}
            held["id"] = delta.get("id") or held["id"]
            held["name"] += function.get("name") or ""
            held["arguments"] += function.get("arguments") or ""

    def whole(self) -> tuple[ToolCall, ...]:
        parts = (one for _, one in sorted(self._parts.items()))
        found = [{"id": one["id"], "function": {"name": one["name"], "arguments": one["arguments"]}} for one in parts]
        return reading.tool_calls({"tool_calls": found})
