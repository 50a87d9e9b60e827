"""The matching language: what each rule accepts and refuses, and how a chat is played."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.mark.parametrize(("answer", "expect", "met"), [
    (" Yes\n", {"exact": "Yes"}, True),
    ("Yes.", {"exact": "Yes"}, False),
    ("yes", {"exact": "Yes"}, False),
    ("I am Bruno, a pirate.", {"contains": ["bruno", "PIRATE"]}, True),
    ("I am Bruno.", {"contains": ["bruno", "pirate"]}, False),
    ("Hi!", {"any": ["hello", "hi"]}, True),
    ("Good day", {"any": ["hello", "hey"]}, False),
    ("No", {"contains": ["no"], "not": ["yes"]}, True),
    ("No, yes", {"contains": ["no"], "not": ["yes"]}, False),
    ("7 + 5 = 12.", {"number": 12}, True),
    ("7 + 5 = 12.", {"number": 5}, False),
    ("3 - 9 = -6.", {"number": -6}, True),
    ("20-4", {"number": 4}, True),
    ("none", {"number": 0}, False),
    ('{"age": 7, "name": "Anna"}', {"json": {"name": "Anna", "age": 7}}, True),
    ('{"name": "Anna"', {"json": {"name": "Anna"}}, False),
    ("", {}, True),
])
def test_rule(scoring: ModuleType, answer: str, expect: dict[str, Any], met: bool) -> None:
    assert scoring.met(answer, expect) is met


def test_an_unknown_rule_is_an_error(scoring: ModuleType) -> None:
    with pytest.raises(KeyError):
        scoring.met("Yes", {"exactly": "Yes"})


def test_open_user_messages_are_put_to_the_model_and_given_answers_are_kept(scoring: ModuleType) -> None:
    messages = ({"role": "system", "content": "s"}, {"role": "user", "content": "one"}, {"role": "assistant", "content": "given"}, {"role": "user", "content": "two"}, {"role": "user", "content": "three"})
    seen: list[list[str]] = []

    def answer(said: list[dict[str, str]]) -> str:
        seen.append([message["content"] for message in said])
        return f"to {said[-1]['content']}"

    assert scoring.play(scoring.Item("1", "set", messages, {}), answer) == "to three"
    assert seen == [["s", "one", "given", "two"], ["s", "one", "given", "two", "to two", "three"]]


def test_a_score_counts_and_names_its_failures(scoring: ModuleType) -> None:
    items = [scoring.Item(str(n), "sums", ({"role": "user", "content": f"{n}"},), {"number": n}) for n in (1, 2)]
    outcome = scoring.score(items, lambda said: "It is 1.")["sums"]
    assert (outcome.met, outcome.total, outcome.share) == (1, 2, 0.5)
    assert outcome.failures == (("2", "2", "It is 1."),)


@pytest.mark.parametrize(("name", "at_least"), [("templated", 400), ("paraphrase", 120), ("recall", 40), ("fallback", 60), ("perplexity", 400)])
def test_each_held_out_set_is_large_enough_and_uses_known_rules(scoring: ModuleType, held_out: Path, name: str, at_least: int) -> None:
    items = scoring.load(held_out / f"{name}.jsonl")
    assert len(items) >= at_least
    assert len({item.id for item in items}) == len(items)
    for item in items:
        assert item.set == name
        assert set(item.expect) <= set(scoring.RULES)
        assert all(set(message) == {"role", "content"} for message in item.messages)


def test_recall_is_played_over_six_turns(scoring: ModuleType, held_out: Path) -> None:
    for item in scoring.load(held_out / "recall.jsonl"):
        assert [message["role"] for message in item.messages if message["role"] != "system"] == ["user"] * 6
