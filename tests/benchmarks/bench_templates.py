"""The two template languages at work on a chat of 40 messages, against gotpl and plain Jinja; milliseconds of processor time.

Medians of warm renderings; the templates are those of the golden files: their texts are as long as those of real models.

python -m tests.benchmarks.bench_templates [--rounds 60]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import gotpl

from jupyter_ollama.template.go import GoTemplate
from jupyter_ollama.template.jinja import JinjaTemplate

from ..golden.templates import make_jinja, make_language
from .table import Row, pairs, print_table

GO = ("chatml", "instruction style")
JINJA = ("chatml", "header style", "tools and thinking", "reasoning style, which looks for the last question")
N_MESSAGES = 40


def measure(rounds: int = 60) -> list[Row]:
    """Two rows for each template: against the goal in milliseconds, and against the other implementation."""
    rows = []
    texts = {case.name: case.template for case in make_language.read(make_language.FOLDER / "language.txt")[1]}
    for name in GO:
        ours, theirs = GoTemplate.parse(texts[name]), gotpl.Environment(missing_key="zero").from_string(texts[name])
        rows += _rows(f"Go template, {name}", "gotpl", ours.render, theirs.render, _go_variables(), 1.0, rounds)
    texts = {case.name: case.template for case in make_jinja.read(make_jinja.FOLDER / "jinja.txt")[1]}
    for name in JINJA:
        ours_too, plain = JinjaTemplate(texts[name]), make_jinja.environment().from_string(texts[name])
        rows += _rows(f"Jinja template, {name}", "plain Jinja", ours_too.render, plain.render, _jinja_variables(), 2.0, rounds)
    return rows


def _rows(
    what: str, other: str, ours: Callable[[Any], str], theirs: Callable[[Any], str], variables: Any, goal_ms: float, rounds: int
) -> list[Row]:
    assert ours(variables) == theirs(variables), f"{what}: the prompts differ"
    our_ms, their_ms = pairs(lambda: _milliseconds(ours, variables), lambda: _milliseconds(theirs, variables), rounds)
    detail = f"{our_ms:.2f} ms against {their_ms:.2f} ms"
    return [
        Row(what, f"{goal_ms:.0f} ms", our_ms / goal_ms, "<= 1", f"{our_ms:.2f} ms"),
        Row(what, other, our_ms / their_ms, "<= 1" if other == "gotpl" else "what guards cost", detail),
    ]


def _milliseconds(render: Callable[[Any], str], variables: Any) -> float:
    started = time.thread_time()
    render(variables)
    return (time.thread_time() - started) * 1000


def _turns() -> list[tuple[str, str]]:
    text = "What about the ship, the lighthouse and the cat? Message {} says that they met at the harbour on a quiet evening. "
    turns = [("user" if number % 2 else "assistant", text.format(number) * 3) for number in range(1, N_MESSAGES)]
    return [("system", "You answer in one line."), *turns]


def _go_variables() -> dict[str, Any]:
    messages = [{"Role": role, "Content": content} for role, content in _turns()]
    return {"System": messages[0]["Content"], "Messages": messages[1:], "Tools": None, "Response": ""}


def _jinja_variables() -> dict[str, Any]:
    messages = [{"role": role, "content": content} for role, content in _turns()]
    return {"messages": messages, "tools": None, "documents": None, "add_generation_prompt": True, **make_jinja.TOKENS}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    print_table(measure(parser.parse_args().rounds))
