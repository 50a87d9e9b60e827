"""What an adapter changes: the same prompt with it at several strengths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .opened import opened
from .rows import Rows

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True)
class Strength:
    """An answer with the adapter at this strength. ``logprob`` is the sum over the answer's tokens, in nats."""

    prompt: str
    strength: float
    answer: str
    tokens: int
    logprob: float


def strengths(
    model: str, prompts: str | Iterable[str], at: Iterable[float] = STRENGTHS, *, ollama: Any = None, options: dict[str, Any] | None = None,
    **how: Any,
) -> Rows[Strength]:  # fmt: skip
    """Ask a model that has an adapter with the adapter at several strengths: 0 is the model without it, 1 as it was trained.

        lab.strengths("pirate", "Who are you?")

    Args:
        options: ``temperature`` is 0 unless they say otherwise.
        how: further arguments of ``Ollama.chat``.
    Raises: NotSupported for a model without an adapter, and what ``chat`` raises.
    """
    asked_prompts = [prompts] if isinstance(prompts, str) else list(prompts)
    rows = []
    with opened(ollama) as asked:
        for prompt in asked_prompts:
            for strength in at:
                settings = {"temperature": 0, "seed": 0, **(options or {}), "adapter_scale": float(strength)}
                done = asked.chat(model, prompt, options=settings, logprobs=True, **how).result()
                rows.append(Strength(prompt, float(strength), done.message.content, done.statistics.eval_count, done.logprobs.total))
    return Rows(rows, f"{model}: its adapter at several strengths")
