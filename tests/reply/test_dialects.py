"""The golden answers of every dialect, whole and cut at every place; which dialect a template means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.reply import Speech
from jupyter_ollama.reply.dialects import DIALECTS, dialect_of

from .cases import FILES, Case, all_cases, cut, tool

CASES = all_cases()
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_every_dialect_has_its_file() -> None:
    assert {one.name for one in DIALECTS} <= {path.stem for path in FILES}


@every_case
def test_an_answer_is_what_its_dialect_says(case: Case) -> None:
    assert case.read([case.answer]) == case.said


@every_case
def test_it_does_not_matter_where_an_answer_is_cut(case: Case) -> None:
    for place in range(len(case.answer) + 1):
        assert case.read([case.answer[:place], case.answer[place:]]) == case.said, f"cut at {place}"
    for size in (1, 2, 3, 5, 8, 13):
        assert case.read(cut(case.answer, range(0, len(case.answer), size))) == case.said, f"pieces of {size}"


@given(st.sampled_from(CASES), st.lists(st.integers(0, 400), max_size=12))
def test_it_does_not_matter_how_often_an_answer_is_cut(case: Case, places: list[int]) -> None:
    assert case.read(cut(case.answer, places)) == case.said


@every_case
def test_an_answer_that_breaks_off_anywhere_raises_nothing_and_is_the_same_for_every_cut(case: Case) -> None:
    for end in range(len(case.answer)):
        text = case.answer[:end]
        assert case.read([text]) == case.read(text)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{% for m in messages %}<tool_call>{{ tools }}", "hermes"),
        ("<|start_header_id|>{{ builtin_tools }}<|python_tag|>", "llama"),
        ('<|start_header_id|>{{ tools }} {"name": function name, "parameters": dictionary}', "llama"),
        ("[INST][AVAILABLE_TOOLS][TOOL_CALLS] [", "mistral"),
        ("respond only with <|tool_call|> followed by a JSON list", "granite"),
        ("<｜User｜><｜tool▁calls▁begin｜><tool_call>", "deepseek"),
        ("<|start|>assistant<|channel|>analysis<|message|>", "harmony"),
        ("<｜DSML｜function_calls>", "deepseek_markup"),
        ("<|tool_calls_section_begin|><|tool_call_begin|>", "kimi"),
        ('<minimax:tool_call><invoke name="a">', "minimax"),
        ("<tool_call>{name}<arg_key><arg_value>", "glm"),
        ("<tool_call><function=a><parameter=b>", "qwen_coder"),
        ("<tool_calls>", "tool_calls"),
        ("<|tool_list_start|>", "lfm"),
        ("<|header_start|>system<|header_end|>", "llama4"),
        ("{{ .Messages }}{{ .ToolCalls }}", "generic"),
    ],
)
def test_a_template_shows_the_dialect(template: str, name: str) -> None:
    found = dialect_of(Speech(template, tools=(tool("add"),)))
    assert found is not None
    assert found.name == name


def test_without_tools_only_channels_are_a_dialect() -> None:
    assert dialect_of(Speech("<tool_call>")) is None
    assert dialect_of(Speech("<|start|>", family="gptoss")) is not None
