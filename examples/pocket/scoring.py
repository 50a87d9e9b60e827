"""Held-out questions and when an answer meets them: a file format and a matching language, in plain Python.

One JSON object a line: `{"id": ..., "set": ..., "messages": [{"role", "content"}, ...], "expect": {...}}`. A user message that
no assistant message follows is put to the model, so a chat can be played live; the last answer is judged. `expect` holds
one or more of

    exact     the answer is this text
    contains  every text of the list occurs
    any       at least one text of the list occurs
    not       no text of the list occurs
    number    the last number of the answer is this one
    json      the answer is JSON equal to this value

and the answer must meet them all. Texts are compared without regard to case, `exact` with it; space at the ends is ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Message = dict[str, str]
Answer = Callable[[list[Message]], str]


@dataclass(frozen=True)
class Item:
    """One held-out question."""

    id: str
    set: str
    messages: tuple[Message, ...]
    expect: dict[str, Any]


@dataclass(frozen=True)
class Score:
    """The outcome of one set: how many were met, and each failure as (id, question, answer)."""

    set: str
    met: int
    total: int
    failures: tuple[tuple[str, str, str], ...]

    @property
    def share(self) -> float:
        """The part that was met, 0 to 1."""
        return self.met / self.total


def load(path: Path) -> list[Item]:
    """Read a set."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Item(row["id"], row["set"], tuple(row["messages"]), row["expect"]) for row in map(json.loads, lines)]


def _is_json(answer: str, value: Any) -> bool:
    try:
        return bool(json.loads(answer) == value)
    except ValueError:
        return False


RULES: dict[str, Callable[[str, Any], bool]] = {
    "exact": lambda answer, text: answer == text.strip(),
    "contains": lambda answer, texts: all(text.lower() in answer.lower() for text in texts),
    "any": lambda answer, texts: any(text.lower() in answer.lower() for text in texts),
    "not": lambda answer, texts: not any(text.lower() in answer.lower() for text in texts),
    "number": lambda answer, number: re.findall(r"(?<![\w.])-?\d+", answer)[-1:] == [str(number)],
    "json": _is_json,
}


def met(answer: str, expect: dict[str, Any]) -> bool:
    """True if the answer meets every rule.

    Raises: KeyError for a rule that is not in the language.
    """
    return all(RULES[rule](answer.strip(), value) for rule, value in expect.items())


def play(item: Item, answer: Answer) -> str:
    """Put every open user message to the model; the last answer."""
    said: list[Message] = []
    last = ""
    following = [*(message["role"] for message in item.messages[1:]), "end"]
    for message, after in zip(item.messages, following, strict=True):
        said.append(message)
        if message["role"] == "user" and after != "assistant":
            last = answer(said)
            said.append({"role": "assistant", "content": last})
    return last


def score(items: Iterable[Item], answer: Answer) -> dict[str, Score]:
    """Play all items; a score for each set."""
    outcome: dict[str, list[tuple[Item, str]]] = {}
    for item in items:
        outcome.setdefault(item.set, []).append((item, play(item, answer)))
    return {
        name: Score(
            name,
            sum(met(text, item.expect) for item, text in played),
            len(played),
            tuple((item.id, item.messages[-1]["content"], text) for item, text in played if not met(text, item.expect)),
        )
        for name, played in outcome.items()
    }
