"""What is said about an answer besides its text: one quiet line, and the facts that are saved with it."""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from typing import Any

from ..events import Done

_ENDS = {"cancelled": "interrupted", "length": "stopped at its length limit"}


def footer(done: Done) -> str:
    """``mario:latest · 24 tokens · 310 tokens/s · 0.1 s · seed 42``; an answer that was cut short says so first.

    A prompt that did not fit the context says last what is missing: ``2 earlier messages left out``.
    """
    statistics = done.statistics
    rate = f"{statistics.eval_rate:.0f}" if statistics.eval_rate >= 10 else f"{statistics.eval_rate:.1f}"
    parts = [
        _ENDS.get(done.done_reason, ""),
        done.model,
        _count(statistics.eval_count, "token"),
        f"{rate} tokens/s" if statistics.eval_duration else "",
        f"{statistics.total_duration / 1e9:.1f} s",
        f"seed {done.seed}" if done.seed >= 0 else "",
        f"{_count(done.left_out, 'earlier message')} left out" if done.left_out else "",
        f"{_count(done.cut_tokens, 'prompt token')} left out" if done.cut_tokens else "",
    ]
    return " · ".join(part for part in parts if part)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def footer_html(done: Done) -> str:
    """The same line, small and pale."""
    return f'<div style="font-size: 85%; opacity: .65">{escape(footer(done))}</div>'


def provenance(done: Done) -> dict[str, Any]:
    """How to get this answer again, as JSON: model, digest, options, seed; what it cost, and what of the prompt did not fit.

    Units: durations in nanoseconds, counts in tokens.
    """
    return {
        "model": done.model,
        "digest": done.digest if ":" in done.digest or not done.digest else f"sha256:{done.digest}",
        "options": dict(done.options),
        "seed": done.seed,
        "done_reason": done.done_reason,
        "statistics": asdict(done.statistics),
        **{name: count for name in ("left_out", "cut_tokens") if (count := getattr(done, name))},
    }
