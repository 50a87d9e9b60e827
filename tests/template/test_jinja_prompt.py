"""What a Jinja template is given, and how an answer that has begun is continued."""

from __future__ import annotations

import json

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import Message, Tool, ToolCall
from jupyter_ollama.template.jinja import JinjaTemplate
from jupyter_ollama.template.jinja_prompt import render_jinja

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def render(text: str, *turns: str, **options: object) -> str:
    messages = [Message(*turn.split(": ", 1)) for turn in turns]
    return render_jinja(JinjaTemplate(text), messages, **options)


def test_the_answer_is_asked_for():
    assert render(CHATML, "user: Hi") == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    assert render(CHATML, "user: Hi", add_generation_prompt=False) == "<|im_start|>user\nHi<|im_end|>\n"


def test_messages_are_passed_as_they_are():
    """Nothing is merged: the template may refuse two users in a row."""
    text = "{% for m in messages %}{{ m.role }}={{ m.content }};{% endfor %}"
    assert render(text, "user: a", "user: b", "system: c") == "user=a;user=b;system=c;"


def test_special_tokens():
    assert render("{{ bos_token }}|{{ eos_token }}", "user: a", bos_token="<s>", eos_token="</s>") == "<s>|</s>"
    assert render("[{{ bos_token }}]", "user: a") == "[]"


@pytest.mark.parametrize(
    ("think", "shown"),
    [(None, "False False"), (True, "True|True False"), (False, "True|False False"), ("high", "True|True True|high")],
)
def test_thinking_is_passed_only_when_it_is_set(think, shown):
    text = (
        "{{ enable_thinking is defined }}{% if enable_thinking is defined %}|{{ enable_thinking }}{% endif %} "
        "{{ reasoning_effort is defined }}{% if reasoning_effort is defined %}|{{ reasoning_effort }}{% endif %}"
    )
    assert render(text, "user: a", think=think) == shown


def test_tools_are_none_or_openai_objects():
    assert render("{{ tools is none }}", "user: a") == "True"
    tool = Tool("f", "does", {"type": "object", "properties": {"b": {}, "a": {}}})
    shown = json.loads(render("{{ tools | tojson }}", "user: a", tools=[tool]))
    assert shown == [{"type": "function", "function": {"name": "f", "description": "does", "parameters": dict(tool.parameters)}}]


def test_messages_hold_only_what_is_there():
    messages = [
        Message("user", "Hi"),
        Message("assistant", "", thinking="hm", tool_calls=(ToolCall("f", {"x": 1}, "id1"), ToolCall("g"))),
        Message("tool", "21", tool_name="f", tool_call_id="id1"),
    ]
    shown = json.loads(render_jinja(JinjaTemplate("{{ messages | tojson }}"), messages))
    assert shown == [
        {"role": "user", "content": "Hi"},
        {
            "role": "assistant",
            "content": "",
            "reasoning_content": "hm",
            "thinking": "hm",
            "tool_calls": [
                {"type": "function", "function": {"name": "f", "arguments": {"x": 1}}, "id": "id1"},
                {"type": "function", "function": {"name": "g", "arguments": {}}, "id": "call00001"},
            ],
        },
        {"role": "tool", "content": "21", "name": "f", "tool_name": "f", "tool_call_id": "id1"},
    ]


# an answer that has begun


def test_a_last_assistant_message_is_continued():
    prompt = render(CHATML, "user: Hi", "assistant: The answer ")
    assert prompt == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nThe answer "


def test_words_of_the_answer_elsewhere_do_not_mislead():
    """The answer ``im`` also stands inside of <|im_end|>."""
    assert render(CHATML, "user: im", "assistant: im").endswith("<|im_start|>assistant\nim")


def test_blanks_at_the_end_of_the_beginning_stay():
    text = CHATML.replace("m.content", "m.content | trim")
    assert render(text, "user: Hi", "assistant:  The answer ").endswith("<|im_start|>assistant\nThe answer ")


def test_a_template_that_changes_the_answer_gets_it_after_the_generation_prompt():
    text = "{% for m in messages %}{% if m.role == 'user' %}U:{{ m.content }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}A:{% endif %}"
    assert render(text, "user: Hi", "assistant: The answer") == "U:Hi\nA:The answer"


def test_a_finished_conversation_is_not_continued():
    assert render(CHATML, "user: a", "assistant: b", add_generation_prompt=False).endswith("b<|im_end|>\n")


def test_an_assistant_that_only_called_tools_is_not_continued():
    messages = [Message("user", "a"), Message("assistant", "", tool_calls=(ToolCall("f"),))]
    assert render_jinja(JinjaTemplate(CHATML), messages).endswith("<|im_start|>assistant\n")


def test_thoughts_before_the_beginning_are_kept_by_templates_that_print_them():
    text = "{% for m in messages %}{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ m.content }}<end>{% endfor %}"
    messages = [Message("assistant", "So", thinking="hm")]
    assert render_jinja(JinjaTemplate(text), messages) == "<think>hm</think>So"


def test_a_template_that_refuses_the_messages_says_so():
    with pytest.raises(TemplateError, match="only users"):
        render("{% for m in messages %}{% if m.role != 'user' %}{{ raise_exception('only users') }}{% endif %}{% endfor %}", "tool: a")
