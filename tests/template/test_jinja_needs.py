"""Jinja templates that take other things than most: they get them, and nothing of a conversation is lost."""

from __future__ import annotations

from datetime import datetime

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import Message, Tool, ToolCall
from jupyter_ollama.template.chat import choose
from jupyter_ollama.template.jinja import JinjaTemplate
from jupyter_ollama.template.jinja_needs import (
    call_form,
    no_tools,
    speaks_before_calls,
    system_places,
    thinks_in_parts,
    wants_parts,
    wants_responses,
)

LOOP = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
GEMMA = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + LOOP
DEAF = "{% for m in messages %}{% if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}"
FIRST = "{% if messages[0].role == 'system' %}S={{ messages[0].content }};{% endif %}" + DEAF
PARTS = "{% for m in messages %}<{{ m.role }}>{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}{% endfor %}"

TALK = [Message("system", "S"), Message("user", "a"), Message("assistant", "b"), Message("system", "T"), Message("user", "c")]


def prompt(text: str, messages: list[Message], **options: object) -> str:
    return choose(None, text).render(messages, **options)


# system messages


@pytest.mark.parametrize(("text", "places"), [(LOOP, "anywhere"), (FIRST, "first"), (GEMMA, "nowhere"), (DEAF, "nowhere"), (PARTS, "anywhere")])
def test_where_a_system_message_may_stand(text, places):
    assert system_places(JinjaTemplate(text)) == places


@pytest.mark.parametrize("text", [GEMMA, DEAF])
def test_a_template_without_system_messages_gets_them_at_the_beginning_of_the_next_question(text):
    assert prompt(text, TALK) == "<user>S\na<assistant>b<user>T\nc"


def test_a_template_that_takes_one_at_the_beginning_gets_the_later_ones_with_the_next_question():
    assert prompt(FIRST, TALK) == "S=S;<user>a<assistant>b<user>T\nc"
    assert prompt(FIRST, [TALK[0], TALK[3], TALK[1]]) == "S=S;<user>T\na"


def test_a_system_message_without_a_question_behind_it_becomes_one():
    assert prompt(GEMMA, [Message("system", "S"), Message("system", "T")]) == "<user>S\nT"
    assert prompt(FIRST, [Message("user", "a"), Message("system", "T")]) == "<user>a<user>T"


def test_a_template_that_takes_system_messages_gets_them_where_they_are():
    assert prompt(LOOP, TALK) == "<system>S<user>a<assistant>b<system>T<user>c"


# content


def test_a_template_that_loops_over_parts_gets_parts():
    assert wants_parts(JinjaTemplate(PARTS))
    assert prompt(PARTS, TALK) == "<system>S<user>a<assistant>b<system>T<user>c"
    assert prompt(PARTS, [Message("user", ""), Message("assistant", "so")]) == "<user><assistant>so"


def test_a_template_that_takes_both_gets_a_text():
    text = "{% for m in messages %}{{ m.content if m.content is string else m.content[0].text }}{{ m.content is string }}{% endfor %}"
    assert prompt(text, [Message("user", "a")]) == "aTrue"


# calls

CALL = "{% if m.tool_calls %}{% for c in m.tool_calls %}[CALL]{{ c.function.name }}ARGUMENTS{% endfor %}{% endif %}"
CONVERSATION = [Message("user", "warm?"), Message("assistant", tool_calls=(ToolCall("f", {"city": "Köln"}, "call00001"),)), Message("tool", "21")]


@pytest.mark.parametrize(
    ("shown", "form", "expected"),
    [
        ("{{ c.function.arguments | tojson }}", (False, False), '{"city": "Köln"}'),
        ("{% for k, v in c.function.arguments.items() %}{{ k }}={{ v }}{% endfor %}", (False, False), "city=Köln"),
        ("{{ '' + c.function.arguments }}", (True, False), '{"city": "Köln"}'),
        ("{{ c.function.arguments }}", (True, False), '{"city": "Köln"}'),  # Python's quotes would not be JSON
        ("{{ c.function.arguments if m.content is none }}", (True, True), '{"city": "Köln"}'),
        ("{{ c.function.arguments | tojson if m.content is none }}", (False, True), '{"city": "Köln"}'),
    ],
)
def test_calls_reach_a_template_in_the_form_that_it_prints(shown, form, expected):
    loop = "{% for m in messages %}<{{ m.role }}>{{ m.content if m.content is not none }}" + CALL + "{% endfor %}{{ tools | length }}"
    text = loop.replace("ARGUMENTS", shown)
    assert call_form(JinjaTemplate(text)) == form
    assert prompt(text, CONVERSATION, tools=[Tool("f")]) == f"<user>warm?<assistant>[CALL]f{expected}<tool>211"


def test_a_text_beside_the_call_stays():
    loop = "{% for m in messages %}{{ m.content }}" + CALL + "{% endfor %}"
    text = loop.replace("ARGUMENTS", "{{ c.function.arguments if m.content is none }}")
    assert prompt(text, [Message("assistant", "I look.", tool_calls=(ToolCall("f"),)), Message("user", "")]) == "I look.[CALL]f"


# no tools


def test_a_template_that_loops_over_tools_gets_an_empty_list():
    text = "{% for t in tools %}{{ t.function.name }}{% endfor %}|{{ messages[0].content }}"
    assert no_tools(JinjaTemplate(text)) == []
    assert prompt(text, [Message("user", "a")]) == "|a"
    assert prompt(text, [Message("user", "a")], tools=[Tool("f")]) == "f|a"


def test_others_get_none():
    assert prompt("{{ tools is none }}{{ messages[0].content }}", [Message("user", "a")]) == "Truea"


def test_a_template_that_never_ends_is_tried_within_limits():
    text = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateError, match="does not finish"):
        prompt(text, [Message("system", "S"), Message("user", "a")])


# thoughts, calls and results

WEATHER = Tool("weather")
CALLED = [
    Message("user", "a"),
    Message("assistant", "I look.", "Rome, then.", tool_calls=(ToolCall("weather", {"city": "Rome"}),)),
    Message("tool", '{"sky": "rain"}', tool_name="weather"),
]
SPEAKS = "{% for m in messages %}<{{ m.role }}>{{ m.thinking }}|{{ m.content }}{% for c in m.tool_calls or [] %}|{{ c.function.arguments | tojson }}{% endfor %}{% endfor %}"
OSS = "{% for m in messages %}{% if m.tool_calls and m.content and m.thinking %}{{ raise_exception('not both') }}{% endif %}{% endfor %}" + SPEAKS
THINKS = (
    "{% for m in messages %}<{{ m.role }}>{% if m.content is string %}{{ m.content }}{% else %}"
    "{% for p in m.content %}{% if p.type == 'thinking' %}[{{ p.thinking }}]{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}{% endfor %}"
)
RESPONDS = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}|{{ c.function.arguments | tojson }}{% endfor %}"
    "{% for r in m.tool_responses or [] %}{{ r.name }}={{ r.response | tojson }}{% endfor %}{% endfor %}"
)


def test_where_a_message_may_not_think_speak_and_call_its_words_are_left_out():
    assert speaks_before_calls(JinjaTemplate(SPEAKS))
    assert not speaks_before_calls(JinjaTemplate(OSS))
    shown = '<user>|a<assistant>Rome, then.|{}|{{"city": "Rome"}}<tool>|{{"sky": "rain"}}'
    assert prompt(SPEAKS, CALLED, tools=[WEATHER]) == shown.format("I look.")
    assert prompt(OSS, CALLED, tools=[WEATHER]) == shown.format("")


def test_a_template_whose_thoughts_are_parts_gets_them_so():
    talk = [Message("user", "a"), Message("assistant", "b", "hm"), Message("user", "c")]
    assert [thinks_in_parts(JinjaTemplate(text)) for text in (THINKS, SPEAKS, PARTS, LOOP)] == [True, False, False, False]
    assert prompt(THINKS, talk) == "<user>a<assistant>[hm]b<user>c"
    assert prompt(LOOP, talk) == "<user>a<assistant>b<user>c"


def test_results_go_into_the_message_that_calls_where_the_template_has_them_there():
    assert [wants_responses(JinjaTemplate(text)) for text in (RESPONDS, SPEAKS, "{# tool_responses #}" + LOOP)] == [True, False, False]
    assert prompt(RESPONDS, CALLED, tools=[WEATHER]) == '<user>a<assistant>I look.|{"city": "Rome"}weather={"sky": "rain"}'


def test_the_day_is_told_as_llama_cpp_tells_it():
    assert prompt("{{ date_string }}|{{ datetime }}", []) == datetime.now().strftime("%d %b %Y|%b %d %Y")


def test_a_turn_that_gemma_forgets_to_begin_is_begun():
    text = "{% for m in messages %}<|turn>{{ m.role }}\n{{ m.content }}<turn|>\n{% endfor %}"
    assert prompt(text, [Message("user", "a")]) == "<|turn>user\na<turn|>\n<|turn>model\n"
    assert prompt(text, [Message("user", "a")], add_generation_prompt=False) == "<|turn>user\na<turn|>\n"


# lists that a template writes


def test_a_template_may_use_a_list_of_its_own_as_a_queue():
    text = "{% set q = namespace(ids=[]) %}{% for m in messages %}{% set _ = q.ids.append(m.content) %}{% endfor %}{{ q.ids.pop(0) }}{{ q.ids }}"
    assert prompt(text, TALK) == "S['a', 'b', 'T', 'c']"


@pytest.mark.parametrize(
    "text",
    [
        "{% set _ = messages.append('x') %}", "{% set _ = messages[0].parts.append('x') %}", "{% set q = [] %}{% set _ = q.append(q) %}",
        "{% set q = [] %}{% set _ = q.append([1]) %}", "{% set q = [] %}{% set _ = q.extend('ab') %}", "{% set q = [] %}{% set _ = q.insert(0, 'a') %}",
        "{% set q = [] %}{% for i in range(99) %}{% for j in range(999) %}{% set _ = q.append('x') %}{% endfor %}{% endfor %}",
    ],
)  # fmt: skip
def test_other_lists_stay_as_they_are_and_its_own_stays_small(text):
    with pytest.raises(TemplateError):
        JinjaTemplate(text).render({"messages": [{"parts": []}]})
