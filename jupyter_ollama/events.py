"""What a verb at work reports: frozen values, in the order they happen.

A ``Progress`` says *what kind* of step is going on and carries its facts; its English text is Ollama's own, other languages are made
from kind and facts by whoever shows it.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import Any

from .messages import Message, ToolCall
from .scores import Logprob, Logprobs
from .shown import Fields

STATUS = {
    "pulling_manifest": "pulling manifest",
    "pulling": "pulling {short}",
    "fetching": "looking at {what}",
    "removing_unused": "removing unused layers",
    "retrieving_manifest": "retrieving manifest",
    "no_manifest": "couldn't retrieve manifest",
    "pushing": "pushing {short}",
    "pushing_manifest": "pushing manifest",
    "reading_gguf": "parsing GGUF",
    "converting": "converting {what}",
    "copying": "copying {what}",
    "merging": "merging {count} GGUF files",
    "completing_projector": "updating GGUF projector metadata",
    "quantizing": "quantizing {source_type} model to {target_type}",
    "verifying": "verifying conversion",
    "rehashing": "verifying sha256 digest",
    "checking": "verifying {what}",
    "saving": "saving {what}",
    "taking_out": "taking {digest} out of {what}",
    "existing_layer": "using existing layer {digest}",
    "new_layer": "creating new layer {digest}",
    "writing_manifest": "writing manifest",
    "loading": "loading {what}",
    "measuring": "measuring {what}",
    "calling": "calling {what}",
    "elsewhere": "{text}",
    "note": "{text}",
    "success": "success",
}


class _Facts(dict[str, Any]):
    """A fact that is not there reads as nothing."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Progress(Fields):
    """A step of long work.

    Units: ``completed`` and ``total`` are bytes, or None when the step has no measure.
    """

    kind: str
    digest: str = ""
    completed: int | None = None
    total: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Ollama's English text for this step."""
        return STATUS[self.kind].format_map(_Facts({"digest": self.digest, **self.facts}))

    @property
    def content(self) -> str:
        """Nothing: a step adds no text, so that an answer can be printed as ``for event in run: print(event.content, end="")``."""
        return ""

    @property
    def key(self) -> tuple[str, str]:
        """Progress events with one key are states of one step; a later one replaces an earlier one."""
        return self.status, self.digest


@dataclass(frozen=True, slots=True)
class Chunk(Fields):
    """A piece of an answer, in order of arrival. ``logprobs`` are those of the tokens that came since the piece before, if asked for."""

    content: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[Logprob, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ToolResult(Fields):
    """What became of a call to a Python function, and what the model is told of it.

    ``outcome`` is ``done``, ``refused`` (it was not run), ``failed`` (it raised ``error``), or ``late`` (it had no more time).
    Units: ``run_duration`` nanoseconds.
    """

    call: ToolCall
    result: str
    outcome: str = "done"
    run_duration: int = 0
    error: BaseException | None = field(default=None, compare=False, repr=False)

    @property
    def content(self) -> str:
        """Nothing: what the model is told is no part of its answer."""
        return ""

    @property
    def message(self) -> Message:
        """The turn in which the model is told."""
        return Message("tool", self.result, tool_name=self.call.name, tool_call_id=self.call.id)


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token: its id and the bytes it stands for (which may be part of a character); how probable it was, if asked."""

    id: int
    piece: bytes
    logprob: Logprob | None = None


@dataclass(frozen=True, slots=True)
class Statistics(Fields):
    """What a generation cost. ``guessed_count`` tokens were guessed ahead (DRAFT, prompt_lookup), ``accepted_count`` of them rightly.

    Units: durations in nanoseconds, counts in tokens.
    """

    total_duration: int = 0
    load_duration: int = 0
    prompt_eval_count: int = 0
    prompt_eval_duration: int = 0
    eval_count: int = 0
    eval_duration: int = 0
    guessed_count: int = 0
    accepted_count: int = 0

    def __add__(self, other: Statistics) -> Statistics:
        """What both cost together."""
        return Statistics(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @property
    def eval_rate(self) -> float:
        """Generated tokens per second; 0 when nothing was timed."""
        return self.eval_count * 1e9 / self.eval_duration if self.eval_duration else 0.0

    @property
    def prompt_eval_rate(self) -> float:
        """Prompt tokens per second; 0 when nothing was timed."""
        return self.prompt_eval_count * 1e9 / self.prompt_eval_duration if self.prompt_eval_duration else 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """A finished answer: the whole message, why it ended (stop, length, cancelled, rounds), what it cost and how it was made.

    ``options`` are the options in force, ``seed`` the seed really used, ``digest`` the model's manifest digest. ``prompt`` is what the
    model was given; what did not fit its context is counted: ``left_out`` earlier messages, ``cut_tokens`` tokens of the rest.
    ``cached_tokens`` of it had been evaluated before. ``draft_problem`` says why the model's DRAFT was of no use.
    ``context`` is prompt and answer as tokens, for a ``generate`` that goes on from there; ``prompt_tokens`` and ``tokens`` are the two
    apart. ``logprobs`` has the tokens of the answer with how probable each was, if that was asked for. ``turns`` are the messages between
    the question and the answer, where Python functions were called: the calls and their results. A conversation goes on with both.
    """

    message: Message
    model: str
    done_reason: str
    statistics: Statistics
    digest: str = ""
    seed: int = -1
    options: dict[str, Any] = field(default_factory=dict)
    prompt: str = ""
    left_out: int = 0
    cut_tokens: int = 0
    context: tuple[int, ...] = field(default=(), repr=False)
    prompt_tokens: tuple[int, ...] = field(default=(), repr=False)
    tokens: tuple[int, ...] = field(default=(), repr=False)
    logprobs: Logprobs = field(default=Logprobs(), repr=False)
    turns: tuple[Message, ...] = field(default=(), repr=False)
    cached_tokens: int = 0
    remembered: bool = False
    draft_problem: str = ""

    def __str__(self) -> str:
        return self.message.content

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The answer; above it the calls that were made for it with their results, below it those that wait for one."""
        content, asked = self.message.content, self.message.tool_calls
        if not (asked or self.turns):
            return {"text/plain": content, "text/markdown": content}
        from .render import exchange

        texts = [exchange(self._answered()), content, exchange((call, None) for call in asked)]
        codes = ["\n".join(f"    {line}" for line in text.splitlines()) for text in texts]
        shown = (codes[0], content, codes[2])
        return {"text/plain": "\n".join(filter(None, texts)), "text/markdown": "\n\n".join(filter(None, shown))}

    def _answered(self) -> list[tuple[ToolCall, ToolResult | None]]:
        """The calls among the turns with their results, by the order in which both stand there."""
        calls = [call for turn in self.turns for call in turn.tool_calls]
        results = [turn.content for turn in self.turns if turn.role == "tool"]
        return [(call, ToolResult(call, text)) for call, text in zip(calls, results, strict=False)]


Event = Progress | Chunk | ToolResult | Done
