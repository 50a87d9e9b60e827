"""Ollama's rules for prompts with Go templates: collation, the three modes, the cut, the thinking variables."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import Message, Tool, ToolCall, as_messages
from jupyter_ollama.template.go import GoTemplate
from jupyter_ollama.template.go_prompt import collate, parse_go, render_go

CHATML = """{{ if .System }}<|im_start|>system
{{ .System }}<|im_end|>
{{ end }}{{ if .Prompt }}<|im_start|>user
{{ .Prompt }}<|im_end|>
{{ end }}<|im_start|>assistant
{{ .Response }}<|im_end|>
"""
INSTRUCTION = "[INST] {{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }}[/INST] {{ .Response }}</s>"


def talk(*turns: str) -> list[Message]:
    """``"user: Hi"`` -> a message."""
    return [Message(*turn.split(": ", 1)) for turn in turns]


def render(text: str, *turns: str, **options) -> str:
    return render_go(parse_go(text), talk(*turns), **options)


# collation


def test_neighbours_of_one_role_are_joined_by_a_blank_line():
    system, merged = collate(talk("user: a", "user: b", "assistant: c", "assistant: d", "user: e"))
    assert system == ""
    assert merged == talk("user: a\n\nb", "assistant: c\n\nd", "user: e")


def test_tool_messages_never_merge():
    assert collate(talk("tool: a", "tool: b"))[1] == talk("tool: a", "tool: b")


def test_system_texts_are_collected_and_stay_where_they_are():
    system, merged = collate(talk("system: a", "user: b", "system: c", "system: d"))
    assert system == "a\n\nc\n\nd"
    assert merged == talk("system: a", "user: b", "system: c\n\nd")


def test_only_texts_are_merged():
    first = Message("assistant", "a", thinking="t1", tool_calls=(ToolCall("f"),), images=(b"1",))
    second = Message("assistant", "b", thinking="t2", tool_calls=(ToolCall("g"),), images=(b"2",))
    (merged,) = collate([first, second])[1]
    assert merged == Message("assistant", "a\n\nb", thinking="t1", tool_calls=(ToolCall("f"),), images=(b"1",))


def test_collation_leaves_the_messages_alone():
    messages = talk("user: a", "user: b")
    collate(messages)
    assert messages == talk("user: a", "user: b")


# at parse time


def test_response_is_appended_where_nothing_shows_an_answer():
    assert render("{{ .System }} {{ .Prompt }}", "system: S", "user: a", "assistant: b", "user: c") == "S ab c"


@pytest.mark.parametrize(
    "text",
    [
        "{{ .Prompt }}{{ .Response }}",
        "{{ .prompt }}{{ .RESPONSE }}",
        "{{ range .Messages }}{{ .Content }}{{ end }}",
        '{{ define "x" }}{{ .Response }}{{ end }}{{ .Prompt }}',
        "{{ if false }}{{ .Messages }}{{ end }}",
    ],
)
def test_response_is_not_appended_where_messages_or_response_are_mentioned(text):
    assert parse_go(text).body == GoTemplate.parse(text).body


def test_the_stored_text_does_not_change():
    assert parse_go("{{ .Prompt }}").source == "{{ .Prompt }}"


# legacy mode


def test_a_single_question():
    assert render(CHATML, "user: Hi") == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


def test_past_turns_are_whole_and_the_open_one_ends_at_response():
    """Pitfall 54: text behind .Response belongs to turns that are over."""
    assert render(CHATML, "system: S", "user: a", "assistant: b", "user: c") == (
        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
        "<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\n"
    )


def test_a_last_assistant_message_is_a_beginning_to_be_continued():
    """Pitfall 53."""
    prompt = render(INSTRUCTION, "user: a", "assistant: b", "user: c", "assistant: The answer")
    assert prompt == "[INST] a[/INST] b</s>[INST] c[/INST] The answer"


def test_multi_turn_without_response_in_the_text():
    """Pitfall 52."""
    prompt = render("{{ .System }} {{ .Prompt }}\n", "system: S", "user: a", "assistant: b", "user: c")
    assert prompt == "S a\nb c\n"


def test_two_users_in_a_row_are_one_turn():
    assert render(INSTRUCTION, "user: a", "user: b") == "[INST] a\n\nb[/INST] "


def test_a_system_message_after_the_last_user_opens_a_round_of_its_own():
    assert render(INSTRUCTION, "user: a", "system: S") == "[INST] a[/INST] </s>[INST] S\n\n[/INST] "


def test_a_system_message_in_the_middle_goes_with_the_next_question():
    prompt = render(INSTRUCTION, "user: a", "assistant: b", "system: S", "user: c")
    assert prompt == "[INST] a[/INST] b</s>[INST] S\n\nc[/INST] "


def test_tool_messages_are_ignored():
    assert render(INSTRUCTION, "user: a", "tool: 21", "assistant: b", "user: c") == "[INST] a[/INST] b</s>[INST] c[/INST] "


def test_an_assistant_may_begin():
    assert render(INSTRUCTION, "assistant: Hello", "user: a") == "[INST] [/INST] Hello</s>[INST] a[/INST] "


def test_tools_are_not_passed():
    assert render("{{ .Tools }}|{{ .Prompt }}|{{ .Response }}", "user: a", tools=[Tool("f")]) == "<no value>|a|"


def test_added_functions_work_in_the_cut_run():
    """Ollama fails here; there is no reason to."""
    assert render("{{ json .Prompt }}{{ .Response }}x", 'user: "a"') == r'"\"a\""'


def test_a_conversation_that_is_over_is_not_cut():
    assert render(INSTRUCTION, "user: a", "assistant: b", cut=False) == "[INST] a[/INST] b</s>"


def test_no_messages_at_all():
    assert render("<{{ .Prompt }}>{{ .Response }}x") == "<>"


# messages mode


LOOP = "{{ if .System }}S={{ .System }};{{ end }}{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}{{ .Response }}end"


def test_one_run_over_all_messages_and_nothing_is_cut():
    prompt = render(LOOP, "system: s", "user: a", "user: b", "assistant: c", "user: d")
    assert prompt == "S=s;system=s;user=a\n\nb;assistant=c;user=d;end"


def test_prompt_is_not_there_in_messages_mode():
    assert render("{{ range .Messages }}{{ end }}{{ .Prompt }}", "user: a") == "<no value>"


def test_messages_mode_is_chosen_by_a_mention_anywhere():
    assert render('{{ define "x" }}{{ .MESSAGES }}{{ end }}{{ .Prompt }}{{ .Response }}', "user: a") == "<no value>"


def test_all_system_texts_are_in_system():
    assert render("{{ .System }}{{ range .Messages }}{{ end }}", "system: a", "user: b", "system: c") == "a\n\nc"


def test_tools_are_a_list_that_is_false_when_empty():
    text = "{{ range .Messages }}{{ end }}{{ if .Tools }}yes{{ else }}no{{ end }}{{ len .Tools }}{{ eq .Tools nil }}"
    assert render(text, "user: a") == "no0true"
    assert render(text, "user: a", tools=[Tool("f")]) == "yes1false"


def test_what_a_message_carries():
    text = (
        "{{ range .Messages }}{{ .Role }}|{{ .Content }}|{{ .Thinking }}|{{ len .Images }}|{{ .ToolName }}|{{ .ToolCallID }}"
        "{{ range .ToolCalls }}|{{ .ID }}|{{ .Function.Index }}|{{ .Function.Name }}|{{ .Function.Arguments }}{{ end }}\n{{ end }}"
    )
    messages = [
        Message("assistant", "c", thinking="t", images=(b"1", b"2"), tool_calls=(ToolCall("f", {"x": 1}, "id1", 3),)),
        Message("tool", "21", tool_name="f", tool_call_id="id1"),
    ]
    assert render_go(parse_go(text), messages) == 'assistant|c|t|2|||id1|3|f|{"x":1}\ntool|21||0|f|id1\n'


def test_a_field_that_messages_do_not_have_is_an_error():
    with pytest.raises(TemplateError, match="can't evaluate field Name in a message") as caught:
        render("{{ range .Messages }}{{ .Name }}{{ end }}", "user: a")
    assert caught.value.hint == "It has .Role, .Content, .Thinking, .Images, .ToolCalls, .ToolName, .ToolCallID."


def test_rendering_again_gives_the_same():
    template, messages = parse_go(LOOP), talk("user: a", "user: b")
    assert render_go(template, messages) == render_go(template, messages)


# suffix mode


FIM = "{{ if .Suffix }}<PRE> {{ .Prompt }} <SUF>{{ .Suffix }} <MID>{{ else }}{{ .Prompt }}{{ end }}"


def test_a_suffix_means_one_run_without_system():
    assert render(FIM + "{{ .System }}", "system: S", "user: def f(", suffix="return 1") == ("<PRE> def f( <SUF>return 1 <MID><no value>")
    assert render(FIM + "{{ .System }}", "system: S", "user: def f(") == "def f(S"


def test_a_suffix_without_a_prompt_is_no_insertion():
    assert render(FIM + "{{ .Response }}", "user: ", suffix="return 1") == ""


def test_a_suffix_needs_a_template_that_knows_it():
    with pytest.raises(TemplateError, match=r"does not mention \.Suffix"):
        render("{{ .Prompt }}", "user: a", suffix="b")


# thinking


@pytest.mark.parametrize(
    ("think", "shown"),
    [(None, "false||false"), (False, "false||true"), (True, "true|medium|true"), ("high", "true|high|true")],
)
@pytest.mark.parametrize("mode", ["", "{{ range .Messages }}{{ end }}", "{{ .Suffix }}"])
def test_thinking_variables_are_there_in_every_mode(think, shown, mode):
    suffix = "s" if "Suffix" in mode else None
    prompt = render(mode + "{{ .Think }}|{{ .ThinkLevel }}|{{ .IsThinkSet }}", "user: a", think=think, suffix=suffix)
    assert prompt.removeprefix("s") == shown


# what Ollama adds to the language


def test_dates_are_local_and_ignore_arguments():
    today = date.today()
    shown = GoTemplate.parse('{{ currentDate }} {{ currentDate "x" 1 }} {{ yesterdayDate }}').render({})
    expected = {f"{day} {day} {day - timedelta(days=1)}" for day in (today, today + timedelta(days=1))}
    assert shown in expected
    assert re.fullmatch(r"(\d{4}-\d\d-\d\d ?){3}", shown)


def test_messages_from_plain_values():
    assert render_go(parse_go("{{ .Prompt }}"), as_messages([{"role": "user", "content": "Hi"}])) == "Hi"
