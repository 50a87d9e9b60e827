"""Reading answers: whether a long hostile one costs more for each character than a short one, and what reading adds to each token.

python -m tests.benchmarks.bench_reply [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import time
from functools import partial

from jupyter_ollama.reply import Reader, Speech

from ..reply.cases import cut, tool
from ..reply.test_hostile import HOSTILE
from .table import Row, pairs, print_table

SHORT, LONG = 1 << 15, 1 << 18
DIALECTS = (
    *("<think></think><tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "<|tool_call|>", "<｜tool▁calls▁begin｜>", "<|channel|><|message|>"),
    *("<function=<parameter=", "<arg_key><arg_value>", "<|tool_call_begin|>", "<|tool_call_start|>", ""),
)
ANSWER = "<think>\nSo many words, and a < b.\n</think>\n\n" + "An answer of usual words, one after the other. " * 200


def measure(rounds: int = 3) -> list[Row]:
    """Two rows: the worst of all hostile answers of 256 kB; and a usual answer, token by token."""
    return [_growth(rounds), _tokens(rounds)]


def _growth(rounds: int) -> Row:
    """Each kind of answer read in all dialects."""
    worst = (0.0, "", 0.0, 0.0)
    for name, make in HOSTILE.items():
        for_long, for_short = pairs(partial(_read_all, make(LONG)), partial(_read_all, make(SHORT)), rounds)
        worst = max(worst, (for_long / for_short / (LONG / SHORT), name, for_long, for_short))
    ratio, name, for_long, for_short = worst
    return Row("a hostile answer of 256 kB, a character", "one of 32 kB", ratio, "<= 2", f"{for_long:.2f} s, {for_short:.3f} s: {name}")


def _tokens(rounds: int) -> Row:
    tokens = cut(ANSWER, range(0, len(ANSWER), 4))
    speech = Speech("<think></think><tool_call>", tools=(tool("add"),))
    reading, writing = pairs(lambda: _read(speech, tokens), lambda: _write(tokens), rounds)
    detail = f"{reading / len(tokens) * 1e6:.1f} µs, {writing / len(tokens) * 1e6:.1f} µs"
    return Row("telling thoughts and calls from content, a token", "writing it as Ollama's JSON", reading / writing, "<= 2", detail)


def _read_all(answer: str) -> float:
    cuts = (cut(answer, range(0, len(answer), 64)), [answer])
    return sum(_read(Speech(template, tool_marker="{", tools=(tool("add"),)), pieces) for template in DIALECTS for pieces in cuts)


def _read(speech: Speech, pieces: list[str]) -> float:
    reader, started = Reader(speech), time.perf_counter()
    for piece in pieces:
        reader.feed(piece)
    reader.close()
    return time.perf_counter() - started


def _write(pieces: list[str]) -> float:
    """Each piece as the line of JSON in which Ollama's server sends it."""
    started = time.perf_counter()
    for piece in pieces:
        json.dumps({"model": "mario", "message": {"role": "assistant", "content": piece}, "done": False})
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    print_table(measure(parser.parse_args().rounds))
