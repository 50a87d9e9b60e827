"""What is said about an answer besides its text: one quiet line, and the facts that are saved with it."""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from typing import Any

from ..durations import format_duration
from ..events import Done, Statistics

_ENDS = {"cancelled": "interrupted", "length": "stopped at its length limit", "rounds": "stopped asking for tools at its limit"}


def footer(done: Done) -> str:
    """``mario:latest · 24 tokens · 310 tokens/s · 0.1 s · seed 42``; an answer that was cut short says so first.

    A prompt that did not fit the context says last what is missing: ``2 earlier messages left out``.
    """
    statistics = done.statistics
    rate = f"{statistics.eval_rate:.0f}" if statistics.eval_rate >= 10 else f"{statistics.eval_rate:.1f}"
    parts = [
        "remembered" if done.remembered else "",
        _ENDS.get(done.done_reason, ""),
        done.model,
        _count(statistics.eval_count, "token"),
        f"{rate} tokens/s" if statistics.eval_duration else "",
        f"{statistics.total_duration / 1e9:.1f} s",
        f"{statistics.accepted_count:,} of {_count(statistics.guessed_count, 'guess', 'es')} right" if statistics.guessed_count else "",
        f"seed {done.seed}" if done.seed >= 0 else "",
        f"{_count(done.left_out, 'earlier message')} left out" if done.left_out else "",
        f"{_count(done.cut_tokens, 'prompt token')} left out" if done.cut_tokens else "",
        done.draft_problem.rstrip("."),
    ]
    return " · ".join(part for part in parts if part)


def _count(count: int, noun: str, plural: str = "s") -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}{plural}"


def footer_html(done: Done) -> str:
    """The same line, small and pale."""
    return f'<div style="font-size: 85%; opacity: .65">{escape(footer(done))}</div>'


def statistics_lines(statistics: Statistics) -> list[str]:
    """What an answer cost, as ``--verbose`` of Ollama's command line tells it; what was not measured is left out."""
    values = {
        "total duration": format_duration(statistics.total_duration) if statistics.total_duration else "",
        "load duration": format_duration(statistics.load_duration) if statistics.load_duration else "",
        "prompt eval count": f"{statistics.prompt_eval_count} token(s)" if statistics.prompt_eval_count else "",
        "prompt eval duration": format_duration(statistics.prompt_eval_duration) if statistics.prompt_eval_duration else "",
        "prompt eval rate": f"{statistics.prompt_eval_rate:.2f} tokens/s" if statistics.prompt_eval_rate else "",
        "eval count": f"{statistics.eval_count} token(s)" if statistics.eval_count else "",
        "eval duration": format_duration(statistics.eval_duration) if statistics.eval_duration else "",
        "eval rate": f"{statistics.eval_rate:.2f} tokens/s" if statistics.eval_rate else "",
        "guesses right": f"{statistics.accepted_count} of {statistics.guessed_count}" if statistics.guessed_count else "",
    }
    return [f"{label + ':':<22}{value}" for label, value in values.items() if value]


def provenance(done: Done) -> dict[str, Any]:
    """How to get this answer again, as JSON: model, digest, options, seed; what it cost, what of the prompt did not fit and what was known.

    Units: durations in nanoseconds, counts in tokens.
    """
    return {
        "model": done.model,
        "digest": done.digest if ":" in done.digest or not done.digest else f"sha256:{done.digest}",
        "options": dict(done.options),
        "seed": done.seed,
        "done_reason": done.done_reason,
        "statistics": asdict(done.statistics),
        **{name: count for name in ("left_out", "cut_tokens", "cached_tokens") if (count := getattr(done, name))},
    }
