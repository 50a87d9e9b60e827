"""Answers as published chat templates write them are read as what they were written from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_ollama.messages import Tool
from jupyter_ollama.reply import Speech
from jupyter_ollama.reply.dialects import dialect_of

from .cases import GOLDEN, Said, read

PUBLISHED = json.loads((GOLDEN / "published.json").read_text(encoding="utf-8"))
TOOLS = tuple(
    Tool(name, parameters={"type": "object", "properties": {key: {"type": kind} for key, kind in keys.items()}})
    for name, keys in PUBLISHED["tools"].items()
)
NOT_READ = {"MiniMax-M3", "meetkai-functionary-medium-v3.2", "tencent-Hy3"}
"""Templates whose dialect cannot be told by the words that are kept of them; test_llama.py has more of these."""


def said(answer: dict[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
    speech = Speech(PUBLISHED["signs"][answer["template"]], tools=TOOLS, prompt=answer["prompt"])
    whole = Said.of(read(speech, [answer["text"]]))
    assert Said.of(read(speech, answer["text"])) == whole
    return whole.content, whole.thinking.strip(), list(whole.calls)


@pytest.mark.parametrize("answer", PUBLISHED["answers"], ids=lambda answer: f"{answer['template']}: {answer['answer']}")
def test_a_published_template_writes_what_we_read(answer: dict[str, Any]) -> None:
    content, thinking, calls = said(answer)

    meant = [(name, json.dumps(arguments)) for name, arguments in answer.get("calls", [])]
    if answer["template"] in NOT_READ:
        assert calls != meant or not meant
        assert "get_weather" in content or not meant
        return
    assert calls == meant
    assert thinking == answer.get("thinking", "")
    assert content.strip() == answer.get("content", "")


def test_most_dialects_are_those_of_published_templates() -> None:
    known = {dialect_of(Speech(signs, tools=TOOLS)) for signs in PUBLISHED["signs"].values()}
    assert 14 <= len(known)
