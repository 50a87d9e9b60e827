"""What llama-server reads in raw answers to the chat templates that llama.cpp publishes, and what we do: where we differ, and why.

golden/llama/make.py asks its functions.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_ollama.messages import Tool
from jupyter_ollama.reply import Speech

from .cases import GOLDEN, Said, read

LLAMA = json.loads((GOLDEN.parent / "llama" / "replies.json").read_text(encoding="utf-8"))
ANSWERS = LLAMA["answers"]
TOOLS = tuple(
    Tool(name, parameters={"type": "object", "properties": {key: {"type": kind} for key, kind in keys.items()}})
    for name, keys in json.loads((GOLDEN / "published.json").read_text(encoding="utf-8"))["tools"].items()
)
WEATHER = ["get_weather", {"city": "Paris", "days": 3}]
MEANT: dict[str, tuple[str, str, list[Any]]] = {
    "a call": ("", "", [WEATHER]),
    "two calls": ("", "", [WEATHER, ["get_time", {"zone": "CET"}]]),
    "a call behind thoughts": ("", "Paris, then.", [WEATHER]),
    "thoughts and text": ("It is sunny.", "Sunny, I guess.", []),
    "a call, text behind it": ("That is all.", "", [WEATHER]),
    "text before a call": ("I look that up.", "", [WEATHER]),
    "text without a call": ("It is sunny, <b>mostly</b> [1].", "", []),
    "JSON that is no call": ('{"name": "Ada", "arguments": {"born": 1815}}', "", []),
}
"""Content, thoughts and calls that were written; of a call that is cut off there is no more to say than that it is none."""

ANY = "*"
THEIRS: dict[tuple[str, str], str] = {
    (ANY, "a call, cut off"): "they hand out half a call, whose arguments are no JSON; to us it is text, and is shown",
    (ANY, "a call, text behind it"): "they refuse the whole answer or drop the text; we show it",
    ("Apriel-1.6-15b-Thinker-fixed", ANY): "they wait for the end of thoughts that a call, or an answer without thoughts, does not write",
    ("Cohere2MoE", ANY): "they take no line break behind the thoughts",
    ("CohereForAI-c4ai-command-r7b-12-2024-tool_use", ANY): "they refuse an answer that does not begin with thoughts",
    ("MiniMax-M1", "two calls"): "they take one call for each pair of tags",
    ("MiniMax-M2", "two calls"): "they take one call for each pair of tags",
    ("Mistral-Small-3.2-24B-Instruct-2506", ANY): "they refuse the ids that the template itself writes",
    ("ibm-granite-granite-3.3-2B-Instruct", ANY): "they know no calls of this template, which writes none into a conversation",
    ("meetkai-functionary-medium-v3.2", ANY): "they take one call, and refuse text without its header",
    (ANY, "JSON that is no call"): "they refuse JSON that only looks like a call",
    ("muse-glimmer", ANY): "they refuse text without its header",
    ("openai-gpt-oss-120b", ANY): "they refuse text without its header",
    ("upstage-Solar-Open-100B", ANY): "they do not read its calls",
}
"""Where llama-server reads an answer otherwise, or raises, and why ours is what was meant."""

OURS: dict[tuple[str, str], str] = {
    ("meetkai-functionary-medium-v3.2", "text before a call"): "the name of a tool without >>> before it is text",
    ("muse-glimmer", "text before a call"): "a header without its token is text",
    ("openai-gpt-oss-120b", "text before a call"): "a header without its token is text",
    ("openai-gpt-oss-120b", "a call, cut off"): "arguments that have not begun may be none at all; an answer that was cut short is not acted upon",
    ("Kimi-K3", "text before a call"): "its prompt ends within thoughts, so that is what the text is",
    ("Kimi-K3", "text without a call"): "its prompt ends within thoughts, so that is what the text is",
    ("Kimi-K3", "JSON that is no call"): "its prompt ends within thoughts, so that is what the text is",
}
"""Answers in which we read something else than was meant, because nobody could."""


def ours(answer: dict[str, Any]) -> tuple[str, str, list[Any]]:
    speech = Speech(LLAMA["signs"][answer["template"]], tools=TOOLS, prompt=answer["prompt"])
    said = Said.of(read(speech, [answer["text"]]))
    assert Said.of(read(speech, answer["text"])) == said
    return said.content.strip(), said.thinking.strip(), [[name, json.loads(arguments)] for name, arguments in said.calls]


def theirs(answer: dict[str, Any]) -> tuple[str, str, list[Any]] | None:
    """None where they refuse."""
    read_by = answer["llama"]
    return None if "refused" in read_by else (read_by["content"].strip(), read_by["thinking"].strip(), read_by["calls"])


def why(table: dict[tuple[str, str], str], answer: dict[str, Any]) -> str:
    template, kind = answer["template"], answer["answer"]
    return table.get((template, kind)) or table.get((template, ANY)) or table.get((ANY, kind)) or ""


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer['template']}: {answer['answer']}")
def test_we_read_what_llama_server_reads_or_what_was_meant(answer: dict[str, Any]) -> None:
    read_by_us = ours(answer)

    if answer["answer"] == "a call, cut off":
        assert not read_by_us[2] or (answer["template"], answer["answer"]) in OURS or read_by_us[2] == [WEATHER]
    elif (answer["template"], answer["answer"]) not in OURS:
        assert read_by_us == MEANT[answer["answer"]]
    assert read_by_us == theirs(answer) or why(THEIRS, answer)


def test_no_difference_is_explained_that_is_none() -> None:
    differing = [answer for answer in ANSWERS if ours(answer) != theirs(answer)]
    for template, kind in THEIRS:
        assert any(template in (ANY, one["template"]) and kind in (ANY, one["answer"]) for one in differing), (template, kind)
    strange = {(one["template"], one["answer"]) for one in ANSWERS if one["answer"] in MEANT and ours(one) != MEANT[one["answer"]]}
    assert strange <= set(OURS)
    assert {(template, kind) for template, kind in OURS if kind in MEANT} <= strange


def test_of_well_formed_answers_they_read_nearly_all_as_we_do() -> None:
    """The others are in the table."""
    well = [one for one in ANSWERS if one["answer"] in ("a call", "two calls", "a call behind thoughts", "thoughts and text")]
    same = sum(ours(one) == theirs(one) for one in well)

    assert len(well) > 170
    assert same / len(well) > 0.93
