"""The golden answers: cases read from text files, and ways to cut an answer."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_ollama.events import Chunk
from jupyter_ollama.messages import Tool
from jupyter_ollama.reply import Reader, Speech

GOLDEN = Path(__file__).parent.parent / "golden" / "reply"
FILES = sorted(GOLDEN.glob("*.txt"))


@dataclass(frozen=True)
class Said:
    """What an answer turned out to be, all of a kind joined."""

    content: str = ""
    thinking: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """Name (and id, where the model gave one) and arguments as JSON, in the order of their keys."""

    @classmethod
    def of(cls, chunks: Iterable[Chunk], given: frozenset[str] = frozenset()) -> Said:
        chunks = list(chunks)
        calls = [call for chunk in chunks for call in chunk.tool_calls]
        assert [call.index for call in calls] == list(range(len(calls)))
        assert all(call.id for call in calls)
        named = ((f"{call.name}#{call.id}" if call.id in given else call.name, json.dumps(call.arguments)) for call in calls)
        return cls("".join(one.content for one in chunks), "".join(one.thinking for one in chunks), tuple(named))


@dataclass(frozen=True)
class Case:
    """An answer, what is known beforehand, and what it is."""

    name: str
    speech: Speech
    answer: str
    said: Said

    def read(self, pieces: Iterable[str]) -> Said:
        """What the answer is when it comes in these pieces."""
        given = frozenset(name.partition("#")[2] for name, _ in self.said.calls)
        return Said.of(read(self.speech, pieces), given)


def read(speech: Speech, pieces: Iterable[str]) -> list[Chunk]:
    reader = Reader(speech, speech.prompt)
    return [*(chunk for piece in pieces for chunk in reader.feed(piece)), *reader.close()]


def cut(text: str, places: Iterable[int]) -> list[str]:
    """The text in pieces."""
    borders = sorted({0, len(text), *(place for place in places if place < len(text))})
    return [text[start:stop] for start, stop in itertools.pairwise(borders)]


def cases(path: Path) -> Iterator[Case]:
    head, *blocks = path.read_text(encoding="utf-8").split("\n=== ")
    shared = _facts(head)
    for block in blocks:
        before, rest = block.split("\n--- answer\n")
        answer, parts = rest.split("\n--- parts\n")
        name, _, own = before.partition("\n")
        yield Case(f"{path.stem}: {name}", _speech(shared | _facts(own)), answer, _said(parts))


def all_cases() -> list[Case]:
    return [case for path in FILES for case in cases(path)]


def _facts(text: str) -> dict[str, str]:
    return {key: value.strip() for key, separator, value in (line.partition(":") for line in text.splitlines()) if separator}


def _speech(facts: dict[str, str]) -> Speech:
    tags = facts.get("tags", "").split()
    return Speech(
        template=facts.get("template", ""),
        family=facts.get("family", ""),
        thinking_tags=(tags[0], tags[1]) if tags else None,
        tool_marker=facts.get("marker"),
        tools=tuple(tool(text) for text in facts.get("tools", "").split()),
        think=False if facts.get("think") == "false" else None,
        prompt=facts.get("prompt", "").replace("\\n", "\n"),
        must_call=facts.get("must call") == "true",
    )


def tool(text: str) -> Tool:
    """``add(a:number,b)`` as a Tool: its parameters with their types."""
    name, _, parameters = text.rstrip(")").partition("(")
    pairs = [one.partition(":") for one in parameters.split(",") if one]
    properties = {key.strip(): {"type": kind} if kind else {} for key, _, kind in pairs}
    return Tool(name, parameters={"type": "object", "properties": properties})


def _said(text: str) -> Said:
    content, thinking, calls = "", "", []
    for line in filter(None, text.splitlines()):
        kind, _, rest = line.partition(" ")
        if kind == "call":
            name, _, arguments = rest.partition(" ")
            calls.append((name, json.dumps(json.loads(arguments))))
        elif kind == "content":
            content += json.loads(rest)
        else:
            assert kind == "thinking", line
            thinking += json.loads(rest)
    return Said(content, thinking, tuple(calls))
