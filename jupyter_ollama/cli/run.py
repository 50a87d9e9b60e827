"""``run``: one question and its answer, or a conversation where nobody has asked yet and somebody sits at the terminal."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from jupyter_ollama import OllamaError

from ..durations import parse_duration
from ..errors import ModelNotFound
from ..models import ModelInfo
from .answer import Look, stream
from .host import Host
from .progress import follow

LEVELS = {"true": True, "false": False, "high": "high", "medium": "medium", "low": "low", "max": "max"}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("prompt", metavar="PROMPT", nargs="*", help="what to ask; without it, and at a terminal, a conversation begins")
    parser.add_argument("--keepalive", "--keep-alive", metavar="SPAN", help="how long the model stays in memory (5m, 1h30m, 0, -1s)")
    parser.add_argument("--verbose", action="store_true", help="tell how long the answer took")
    parser.add_argument("--insecure", action="store_true", help="speak plain http with the registry, if the model has to be pulled")
    parser.add_argument("--nowordwrap", action="store_true", help="do not wrap words at the end of a line")
    parser.add_argument("--format", metavar="FORMAT", help="json, or a JSON Schema that the answer has to follow")
    parser.add_argument("--think", nargs="?", const="true", metavar="LEVEL", help="think first: true, false, high, medium, low, max")
    parser.add_argument("--hidethinking", action="store_true", help="do not show the thoughts")
    parser.add_argument("--truncate", action="store_true", help="embedding models: cut what is too long (they do so anyway)")
    parser.add_argument("--dimensions", type=int, metavar="N", help="embedding models: how many numbers")


def run(host: Host, chosen: Namespace) -> None:
    """Raises: OllamaError."""
    asked = request(chosen)
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    prompt = _prompt(chosen.prompt)
    info = _there(host, chosen)
    if "embedding" in info.capabilities and "completion" not in info.capabilities:
        _embed(host, chosen, prompt)
    elif prompt is None and at_terminal:
        from .repl import converse

        converse(host, info, look(chosen), asked)
    elif prompt:
        if "think" not in asked and "thinking" in info.capabilities:
            asked["think"] = True
        stream(host.ollama.generate(chosen.model, prompt, **asked), look(chosen))
    else:
        follow(host.ollama.generate(chosen.model, "", keep_alive=asked.get("keep_alive")))


def look(chosen: Namespace) -> Look:
    """How the answer is shown."""
    return Look(wrap=not chosen.nowordwrap, verbose=chosen.verbose, hide_thinking=chosen.hidethinking)


def request(chosen: Namespace) -> dict[str, Any]:
    """What the options ask of an answer, as arguments of ``chat`` and ``generate``.

    Raises: OllamaError for a value that is none.
    """
    asked: dict[str, Any] = {}
    if chosen.keepalive is not None:
        asked["keep_alive"] = parse_duration(chosen.keepalive)
        if asked["keep_alive"] is None:
            raise OllamaError(f"--keepalive is a span of time, not {chosen.keepalive!r}.", hint="Write 5m, 1h30m, 0 or -1s (for ever).")
    if chosen.think is not None:
        if chosen.think not in LEVELS:
            raise OllamaError(f'invalid value for --think: "{chosen.think}" (must be true, false, high, medium, low, or max)')
        asked["think"] = LEVELS[chosen.think]
    if chosen.format:
        asked["format"] = chosen.format if chosen.format == "json" else _schema(chosen.format)
    return asked


def _schema(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        hint = """Write --format json or --format '{"type": "object", ...}'."""
        raise OllamaError("--format is neither json nor a JSON Schema.", hint=hint) from None


def _prompt(words: list[str]) -> str | None:
    """What is asked: what was piped in, then the arguments; None when there is neither."""
    piped = None if sys.stdin.isatty() else sys.stdin.read()
    if piped is None and not words:
        return None
    return " ".join(part for part in (piped, *words) if part)


def _there(host: Host, chosen: Namespace) -> ModelInfo:
    """What is known of the model; one that is not here is pulled first."""
    try:
        return host.ollama.show(chosen.model)
    except ModelNotFound:
        follow(host.ollama.pull(chosen.model, insecure=chosen.insecure))
        return host.ollama.show(chosen.model)


def _embed(host: Host, chosen: Namespace, prompt: str | None) -> None:
    if not prompt:
        raise OllamaError(f'embedding models require input text. Usage: jupyter ollama run {chosen.model} "your text here"')
    found = follow(host.ollama.embed(chosen.model, prompt, dimensions=chosen.dimensions))
    sys.stdout.write(json.dumps(list(found[0])) + "\n")
