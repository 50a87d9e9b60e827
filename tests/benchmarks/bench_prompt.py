"""From a conversation to tokens: chats of usual length, and one that is many times as long as the context.

python -m tests.benchmarks.bench_prompt [--rounds 9]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial

from jupyter_ollama import Message, Ollama
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, ModelFiles
from jupyter_ollama.names import ModelName
from jupyter_ollama.template.chat import ChatTemplate, choose
from jupyter_ollama.template.truncation import fit

from .table import Row, pairs, print_table

GO = (
    '{{ range $i, $m := .Messages }}{{ if eq .Role "user" }}<|im_start|>user\n{{ .Content }}<|im_end|>\n'
    '{{ else if eq .Role "assistant" }}<|im_start|>assistant\n{{ .Content }}<|im_end|>\n{{ end }}'
    "{{ if eq (len (slice $.Messages $i)) 1 }}<|im_start|>assistant\n{{ end }}{{ end }}"
)
JINJA = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
N_CTX = 4096


def measure(rounds: int = 9) -> list[Row]:
    """A row for each kind of template, and one for a conversation that does not fit."""
    rows = [_rendering("Go", choose(GO, None), 1.0, rounds), _rendering("Jinja", choose(None, JINJA), 2.0, rounds)]
    with tempfile.TemporaryDirectory() as folder, Ollama(models=folder) as ollama:
        ollama.create("bench", "FROM pocket").result()
        files = ModelFiles("bench", "sha256:bench", ollama.store.open(ModelName.parse("bench")).path)
        with ollama.engines.acquire(files, {"num_ctx": N_CTX}, cancel=CancelToken()) as engine:
            rows.append(_truncation(engine, rounds))
    return rows


def _rendering(kind: str, template: ChatTemplate, goal_ms: float, rounds: int) -> Row:
    messages = _chat(40)
    template.render(messages)
    taken = sorted(_timed(partial(template.render, messages)) for _ in range(10 * rounds))[5 * rounds]
    return Row(f"prompt of a chat of 40 messages, {kind}", f"{goal_ms:.0f} ms", taken * 1000 / goal_ms, "<= 1", f"{taken * 1000:.2f} ms")


def _truncation(engine: Engine, rounds: int) -> Row:
    messages, template = _chat(1000), choose(GO, None)
    ours, once = pairs(
        lambda: _timed(lambda: fit(messages, template.render, engine.tokenize, N_CTX)),
        lambda: _timed(lambda: engine.tokenize(template.render(messages))),
        rounds,
    )
    kept = len(messages) - fit(messages, template.render, engine.tokenize, N_CTX).left_out
    detail = f"{ours * 1000:.0f} ms against {once * 1000:.0f} ms; {kept} messages fit"
    return Row(f"what of {len(messages):,} messages fits {N_CTX} tokens", "rendering and counting all once", ours / once, "<= 4", detail)


def _chat(n_messages: int) -> list[Message]:
    text = "What about the ship, the lighthouse and the cat? Message {} says that they met at the harbour on a quiet evening."
    return [Message("assistant" if number % 2 else "user", text.format(number)) for number in range(n_messages)]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    print_table(measure(parser.parse_args().rounds))
