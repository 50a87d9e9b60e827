"""Thoughts before the content. The first cases are those of Ollama's own tests (thinking/parser_test.go)."""

from __future__ import annotations

import pytest

from jupyter_ollama.reply import Reader, Speech

from .cases import Said, read

TAGS = ("<think>", "</think>")
THINKER = Speech(thinking_tags=TAGS)


def said(*pieces: str, speech: Speech = THINKER) -> tuple[str, str]:
    """Thinking and content; the same for the whole text and for single characters."""
    one = Said.of(read(speech, pieces))
    assert one == Said.of(read(speech, ["".join(pieces)])) == Said.of(read(speech, "".join(pieces)))
    return one.thinking, one.content


def test_content_first_is_content_to_the_end_with_its_tags() -> None:
    assert said("  abc <think>d</think>") == ("", "  abc <think>d</think>")


def test_only_the_first_thoughts_are_thoughts() -> None:
    assert said("<think>a</think><think>b</think>c") == ("a", "<think>b</think>c")


def test_what_looked_like_a_tag_is_thought() -> None:
    reader = Reader(THINKER)

    assert ["abc"] == [chunk.thinking for chunk in reader.feed("<think>abc</th")]
    assert ["</thing>def"] == [chunk.thinking for chunk in reader.feed("ing>def")]
    assert [] == reader.close()


def test_a_prompt_that_ends_with_the_opening_tag_begins_within_thoughts() -> None:
    for prompt in ("<think>", "Hi<think>\n\n "):
        speech = Speech(thinking_tags=TAGS, prompt=prompt)
        assert said("\nHm.</think>\n\nYes.", speech=speech) == ("Hm.", "Yes.")
    assert said("Hm.</think>", speech=Speech(thinking_tags=TAGS, prompt="<think> and more")) == ("", "Hm.</think>")


@pytest.mark.parametrize(
    ("text", "thinking", "content"),
    [
        ("", "", ""),
        ("abc", "", "abc"),
        (" \n <think> \n a \n</think> \n b \n", "a \n", "b \n"),
        ("<think></think>abc", "", "abc"),
        ("<think>\n\n</think>\n\nabc", "", "abc"),
        ("<think>a", "a", ""),
        ("<thinker>a</thinker>", "", "<thinker>a</thinker>"),
        ("<think>a</think", "a</think", ""),
        ("<thi", "", "<thi"),
        (" \n\t", "", " \n\t"),
        ("<think>a < b </ c</think>d", "a < b </ c", "d"),
        ("<think>a</think>b</think>c", "a", "b</think>c"),
        ("<think>世界</think>你好", "世界", "你好"),
    ],
)
def test_texts_and_what_they_are(text: str, thinking: str, content: str) -> None:
    """An incomplete tag at the end is text of where it stands, where Ollama loses it."""
    assert said(text) == (thinking, content)


def test_what_is_certain_is_shown_at_once() -> None:
    reader = Reader(THINKER)
    assert [] == reader.feed(" ")
    assert [] == reader.feed("<thi")
    assert [] == reader.feed("nk>")
    assert ["a"] == [chunk.thinking for chunk in reader.feed("a")]
    assert ["b "] == [chunk.thinking for chunk in reader.feed("b <"[:2])]
    assert [] == reader.feed("</think>")
    assert ["c"] == [chunk.content for chunk in reader.feed("c")]


@pytest.mark.parametrize("tags", [("[THINK]", "[/THINK]"), ("<|START_THINKING|>", "<|END_THINKING|>"), ("<seed:think>", "</seed:think>")])
def test_known_tags_are_found_in_the_template(tags: tuple[str, str]) -> None:
    opening, closing = tags
    assert said(f"{opening}a{closing}b", speech=Speech(template=f"... {opening} ... {closing}")) == ("a", "b")
    assert said(f"{opening}a{closing}b", speech=Speech(template=opening)) == ("", f"{opening}a{closing}b")


def test_odd_tags_of_a_template_are_taken_as_they_are() -> None:
    assert said("**a--b--**c", speech=Speech(thinking_tags=("**", "--**"))) == ("a--b", "c")
    assert said("aabaac", speech=Speech(thinking_tags=("aa", "aac"))) == ("b", "")


def test_think_false_looks_for_nothing() -> None:
    speech = Speech(template="<think></think>", thinking_tags=TAGS, think=False, prompt="<think>")
    assert said("<think>a</think>b", speech=speech) == ("", "<think>a</think>b")


def test_without_a_word_about_thoughts_all_is_content() -> None:
    assert said("<think>a</think>b", speech=Speech()) == ("", "<think>a</think>b")
