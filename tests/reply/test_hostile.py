"""Answers that mean harm, or nothing: nothing raises, nothing is lost, no work grows faster than the answer, nothing large is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.reply import Reader, Speech
from jupyter_ollama.reply.dialects import DIALECTS

from .cases import FILES, Case, Said, all_cases, cases, cut, read, tool

CASES = all_cases()
SPEECHES = list({(case.speech.template, case.speech.tool_marker): case.speech for case in CASES}.values())
ONE_EACH = [next(cases(path)).speech for path in FILES]
FRAGMENTS = sorted(
    {
        *(token for one in DIALECTS for token in one.tokens), *("<tool_call>", "</tool_call>", "<think>", "</think>", "<call>", "[TOOLS] ["),
        *'{}[]":,\\ \n;=<>|()', '"name"', '"arguments"', '"parameters"', "get_weather", "get_time", "add", "1e999", "NaN", "null", "```",
        "function", " to=functions.add", "analysis", "final", "\ud800", "\u2028", "世", "call(", ".call(x=1)", "say_hello", "-", "0",
        '{"name": "add", "arguments": {}}', '{"a": [1, {"b": "c"}]}', "<function=add>", "<parameter=a>", "</parameter>", "</function>",
    }
)  # fmt: skip

speeches = st.sampled_from(SPEECHES)
texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=40).map("".join)
places = st.lists(st.integers(0, 200), max_size=10)


@given(speeches, texts, places, st.sampled_from(["", "<think>", "<|start|>assistant", "<|start|>assistant<|channel|>final<|message|>"]))
def test_any_text_is_read_and_the_cuts_do_not_matter(speech: Speech, text: str, where: list[int], prompt: str) -> None:
    speech = replace(speech, prompt=prompt)
    whole = Said.of(read(speech, [text]))
    assert Said.of(read(speech, cut(text, where))) == whole
    assert Said.of(read(speech, text)) == whole


@given(st.sampled_from(CASES), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 5), st.sampled_from(FRAGMENTS)), max_size=4), places)
def test_damaged_answers_are_read_and_the_cuts_do_not_matter(case: Case, edits: list[tuple[int, int, str]], where: list[int]) -> None:
    text = case.answer
    for at, gone, new in edits:
        text = text[:at] + new + text[at + gone :]
    assert Said.of(read(case.speech, cut(text, where))) == Said.of(read(case.speech, [text]))


@given(speeches, st.text(st.characters(exclude_characters="<[{`"), max_size=100))
def test_text_without_a_mark_is_there_to_the_last_character(speech: Speech, text: str) -> None:
    """As content, or as thoughts where the prompt ends within them."""
    said = Said.of(read(speech, [text]))
    assert said in (Said(text), Said(thinking=text))


@given(speeches, texts)
def test_arguments_can_be_written_as_json_and_as_utf8(speech: Speech, text: str) -> None:
    calls = [call for chunk in read(speech, [text]) for call in chunk.tool_calls]
    for call in calls:
        assert call.name
        repr(call.arguments).encode()


DEEP = {
    "hermes": ("<tool_call>", '{"name": "add", "arguments": {"a": %s}}', "</tool_call>"),
    "llama": ("", '{"name": "add", "parameters": {"a": %s}}', ""),
    "mistral": ("[TOOL_CALLS] ", '[{"name": "add", "arguments": {"a": %s}}]', ""),
    "granite": ("<|tool_call|>", '[{"name": "add", "arguments": {"a": %s}}]', ""),
    "deepseek": ("<｜tool▁call▁begin｜>add<｜tool▁sep｜>", '{"a": %s}', ""),
    "harmony": ("<|channel|>commentary to=add<|message|>", '{"a": %s}', ""),
    "generic": ("", '{"name": "add", "arguments": {"a": %s}}', ""),
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("value", ["[" * 100 + "]" * 100, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000, "9" * 10_000, "NaN", "1e999"])
def test_json_too_deep_or_with_a_number_json_has_not_is_content(name: str, value: str) -> None:
    case = next(case for case in CASES if case.name.startswith(name))
    speech = replace(case.speech, tools=(tool("add"),), tool_marker="{")
    before, template, after = DEEP[name]
    answer = template % value

    said = Said.of(read(speech, [before + answer + after]))
    assert said.calls == ()
    assert answer in said.content
    assert Said.of(read(speech, [before + template % "[[]]" + after])).calls == (("add", '{"a": [[]]}'),)


def test_a_call_longer_than_any_call_is_content() -> None:
    case = next(case for case in CASES if case.name.startswith("hermes"))
    answer = '<tool_call>{"name": "get_time", "arguments": {"a": "' + "x" * (1 << 20) + '"}}</tool_call>'

    assert Said.of(read(case.speech, [answer])) == Said(answer)
    assert Said.of(read(case.speech, cut(answer, range(0, len(answer), 5000)))) == Said(answer)


HOSTILE: dict[str, Callable[[int], str]] = {
    "open brackets": lambda n: "{" * n,
    "quotes": lambda n: '{"' * n,
    "escapes": lambda n: '{"' + "\\" * n,
    "blanks": lambda n: " " * n,
    "blanks behind a tag": lambda n: "<tool_call>" + " " * n,
    "opened tags": lambda n: "<tool_call>{" * (n // 12),
    "opened tags with text": lambda n: '<tool_call>{"a' * (n // 14),
    "half tags": lambda n: "<tool_cal" * (n // 9),
    "half closing tags": lambda n: "<think>" + "</thin" * (n // 6),
    "python": lambda n: "<|python_tag|>f.call(" + "a='" * (n // 3),
    "named calls": lambda n: "[TOOL_CALLS]add[ARGS]" * (n // 21),
    "separators": lambda n: "<｜tool▁call▁begin｜>a<｜tool▁sep｜>" * (n // 28),
    "headers": lambda n: "<|start|><|channel|>" * (n // 20),
    "an endless header": lambda n: "<|channel|>" + "a" * n,
    "elements": lambda n: "<tool_call><function=add>" * (n // 25),
    "arguments": lambda n: "<function=add>" + "<parameter=a>1</parameter>" * (n // 26),
    "invoked": lambda n: '<invoke name="add"><parameter name="a">' * (n // 39),
    "keys": lambda n: "<tool_call>add<arg_key>a</arg_key>" * (n // 34),
    "a list of Python": lambda n: "<|tool_call_start|>[add(a=" + "[" * n,
    "names": lambda n: "<|tool_call_begin|>add:" * (n // 23),
    "calls": lambda n: '<tool_call>{"name": "add", "arguments": {}}</tool_call>' * (n // 55),
    "bare calls": lambda n: '{"name": "add", "arguments": {}}' * (n // 32),
    "a long text": lambda n: '{"name": "add", "arguments": {"a": "' + "x" * n,
    "text": lambda n: "word " * (n // 5),
}


def steps(speech: Speech, answer: str, size: int) -> int:
    """How many calls (of Python and of C functions) it takes to read an answer in pieces of this size."""
    count = 0

    def see(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    pieces = cut(answer, range(0, len(answer), size))
    sys.setprofile(see)
    try:
        read(speech, pieces)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_a_third_part_takes_no_more_steps_than_the_second(name: str) -> None:
    """Work grows as the answer does: what is added costs the same wherever it stands."""
    for speech in ONE_EACH:
        for size in (3, 1 << 20):
            one, two, three = (steps(speech, HOSTILE[name](n), size) for n in (360, 720, 1080))
            assert three - two <= 1.2 * (two - one) + 200, (speech.template, size, one, two, three)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_waits_to_be_read_stays_short(name: str) -> None:
    answer = HOSTILE[name](5_000)
    for speech in ONE_EACH:
        reader = Reader(speech)
        for piece in cut(answer, range(0, len(answer), 7)):
            reader.feed(piece)
            assert len(reader._tape.text) - reader._tape.at < 64
