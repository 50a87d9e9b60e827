"""Answers for which Python functions are called: the model asks for calls, is told their results, and is asked again, until it answers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace

from ..cancelling import CancelToken
from ..errors import Cancelled
from ..events import Done, Event, Progress, Statistics, ToolResult
from ..functions import BadArguments
from ..messages import Message, Tool, ToolCall
from .approval import Approval
from .function_call import FunctionCall
from .terms import Terms

Ask = Callable[[Sequence[Message]], Generator[Event, None, Done]]
"""Asks the model once."""


def with_functions(
    ask: Ask, messages: Sequence[Message], tools: Sequence[Tool], terms: Terms, cancel: CancelToken
) -> Generator[Event, None, Done]:
    """Ask until there is an answer. The result's ``turns`` are what lies between, its statistics those of all rounds.

    Calls of tools without a function are the caller's: an answer with one of them ends it, and so does one that was cut short.
    After too many rounds the last answer is returned with its calls as they are; ``done_reason`` is ``rounds``.
    Raises: what ``ask`` and ``terms.approve`` raise.
    """
    functions = {tool.name: tool for tool in tools if tool.function is not None}
    approval = Approval(terms.approve, cancel)
    if not functions or terms.approve is False:
        return (yield from ask(messages))
    others = {tool.name for tool in tools} - set(functions)
    turns: list[Message] = []
    cost = Statistics()
    for number in itertools.count():
        done = yield from ask([*messages, *turns])
        cost += done.statistics
        done = replace(done, statistics=cost, turns=tuple(turns))
        calls = done.message.tool_calls
        if not calls or done.done_reason != "stop" or any(call.name in others for call in calls):
            return done
        if number == terms.rounds:
            return replace(done, done_reason="rounds")
        results: list[Message] = []
        for call in calls:
            try:
                result = yield from _result(call, functions, approval, terms.timeout_s, cancel)
            except Cancelled:
                return replace(done, done_reason="cancelled")
            yield result
            results.append(result.message)
        turns += [done.message, *results]
    raise AssertionError("counting ends nowhere")


def _result(
    call: ToolCall, functions: Mapping[str, Tool], approval: Approval, timeout_s: float | None, cancel: CancelToken
) -> Generator[Event, None, ToolResult]:
    """What becomes of one call. Raises: Cancelled, and what deciding raises."""
    tool = functions.get(call.name)
    if tool is None or tool.function is None:
        return ToolResult(call, f"Error: there is no tool {call.name}. There are: {', '.join(functions)}.", "failed")
    verdict = approval.of(call)
    if verdict is not True:
        words = f" They say: {verdict}" if isinstance(verdict, str) and verdict else ""
        return ToolResult(call, f"The user does not allow this call.{words}", "refused")
    yield Progress("calling", facts={"what": call.name})
    started = time.perf_counter_ns()
    running = FunctionCall(tool.function, call.arguments)
    finished = running.finished(timeout_s, cancel)
    cancel.check()
    taken = time.perf_counter_ns() - started
    if not finished:
        return ToolResult(call, f"Error: {call.name} did not return within {timeout_s:g} s.", "late", taken)
    if running.error is not None:
        return ToolResult(call, f"Error: {_sentence(running.error)}", "failed", taken, running.error)
    return ToolResult(call, running.text, run_duration=taken)


def _sentence(error: BaseException) -> str:
    """``ValueError: no such city``; arguments that do not fit by their sentence alone."""
    text = str(error)[:2000]
    if isinstance(error, BadArguments):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
