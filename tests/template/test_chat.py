"""Which template a model uses, what it offers, and the prompt that comes out at the end."""

from __future__ import annotations

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import Message, Tool
from jupyter_ollama.template.chat import DEFAULT_TEXT, ChatTemplate, choose
from jupyter_ollama.template.go import GoTemplate
from jupyter_ollama.template.traits import go_round_trip, jinja_round_trip, jinja_traits

GO = "{{ .System }}|{{ .Prompt }}|{{ .Response }}"
GO_TOOLS = "{{ range .Messages }}{{ .Content }}{{ end }}{{ .Tools }}"
GO_ROUND_TRIP = '{{ range .Messages }}{{ if eq .Role "tool" }}{{ .Content }}{{ end }}{{ .ToolCalls }}{{ end }}{{ .Tools }}'
GO_THINKING = "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}"
GO_HARMONY = "<|start|>{{ range .Messages }}{{ .Content }}{{ end }}<|end|>"
GO_FIM = "{{ .Prompt }}{{ .Suffix }}"

JINJA = "{% for m in messages %}{{ m.content }}{% endfor %}"
JINJA_TOOLS = JINJA + "{{ tools }}"
JINJA_ROUND_TRIP = JINJA_TOOLS + "{% if message.tool_calls %}{% elif message.role == 'tool' %}{% endif %}"
JINJA_THINKING = JINJA + "{# <think> </think> #}"
JINJA_ALL = JINJA_ROUND_TRIP + "{# <think> </think> #}"


def kind(*texts: str | None, **options: object) -> str:
    return choose(*texts, **options).kind


# which one


def test_a_gguf_without_template_layer_uses_its_own():
    assert choose(None, JINJA) == ChatTemplate("jinja", JINJA)


def test_a_template_layer_alone_is_used():
    assert choose(GO, None) == ChatTemplate("go", GO)


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_any_template_the_prompt_itself_is_the_prompt(nothing):
    template = choose(nothing, nothing)
    assert template == ChatTemplate("go", DEFAULT_TEXT)
    assert template.render([Message("system", "S"), Message("user", "Hi")]) == "Hi"


@pytest.mark.parametrize(
    ("go", "jinja", "expected"),
    [
        (GO, JINJA, "go"),  # equal: the author's own
        (GO, JINJA_TOOLS, "jinja"),  # offers more, and the other carries no results
        (GO, JINJA_THINKING, "jinja"),
        (GO_TOOLS, JINJA_ALL, "jinja"),
        (GO_TOOLS, JINJA_TOOLS, "go"),  # the same, neither carries results
        (GO_TOOLS, JINJA_ROUND_TRIP, "jinja"),  # the same, only this one carries results
        (GO_ROUND_TRIP, JINJA_ROUND_TRIP, "go"),
        (GO_ROUND_TRIP, JINJA_ALL, "jinja"),  # offers more and carries results too
        (GO_ROUND_TRIP, JINJA_TOOLS + "{# <think> </think> #}", "go"),  # offers more but loses results
        (GO_TOOLS, JINJA, "go"),
        (GO_THINKING, JINJA_TOOLS, "go"),  # other things, not more
        (GO_THINKING, JINJA_THINKING, "go"),  # the same, without tools
        (GO_FIM, JINJA, "go"),
        (GO_FIM, JINJA_TOOLS, "jinja"),
    ],
)
def test_of_two_templates_the_one_that_does_more_is_used(go, jinja, expected):
    assert kind(go, jinja) == expected


def test_a_template_without_tools_gives_way_to_a_gguf_with_them():
    """Pitfall 61: show prints the text that is in use."""
    assert choose(GO, JINJA_TOOLS).text == JINJA_TOOLS


@pytest.mark.parametrize("prefer_go", [True, False])
def test_the_user_can_decide(prefer_go):
    for texts in ((GO, JINJA), (GO, JINJA_ALL)):
        assert kind(*texts, prefer_go=prefer_go) == ("go" if prefer_go else "jinja")
    assert kind(GO, None, prefer_go=prefer_go) == "go"
    assert kind(None, JINJA, prefer_go=prefer_go) == "jinja"


@pytest.mark.parametrize("name", ["renderer", "parser"])
def test_code_that_only_ollama_has_is_replaced_by_the_gguf_template(name):
    assert kind(GO_ROUND_TRIP, JINJA, **{name: "qwen3-coder"}) == "jinja"
    assert kind(GO, None, **{name: "qwen3-coder"}) == "go"
    assert choose(None, None, **{name: "qwen3-coder"}).text == DEFAULT_TEXT


def test_gpt_oss_keeps_its_go_template():
    for options in ({}, {"prefer_go": False}, {"parser": "harmony"}):
        assert kind(GO_HARMONY, JINJA_ALL, family="gptoss", **options) == "go"
    assert kind(GO_HARMONY, JINJA_ALL, family="llama") == "jinja"
    assert kind(GO, JINJA_ALL, family="gpt-oss") == "jinja"


def test_the_template_in_use_must_parse():
    for texts in (("{{ if", None), (None, "{% if"), ("{{ if", JINJA)):
        with pytest.raises(TemplateError):
            choose(*texts)


def test_the_template_that_is_not_used_may_be_wrong():
    assert kind(GO, "{% if") == "go"


# what it offers


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((GO, None), ()),
        ((GO_TOOLS, None), ("tools",)),
        ((GO_THINKING, None), ("thinking",)),
        ((GO_FIM, None), ("insert",)),
        ((None, JINJA), ()),
        ((None, JINJA_TOOLS), ("tools",)),
        ((None, JINJA_ALL), ("tools", "thinking")),
        ((GO_FIM, JINJA_TOOLS), ("tools",)),
        ((None, None), ()),
    ],
)
def test_only_the_template_in_use_counts(texts, expected):
    assert choose(*texts).capabilities == expected


def test_gpt_oss_can_think_whatever_the_template_says():
    assert choose(GO_HARMONY, None, family="gptoss").capabilities == ("thinking",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ tool_call }}", {"tools"}),
        ("{{ content.split('</think>')[-1] }}", {"thinking"}),
        ("{{ content.split('</think>')[-1] }}{{ reasoning_content }}", set()),
        ("<think>", set()),
    ],
)
def test_signs_in_a_jinja_text(text, expected):
    assert jinja_traits(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("message.tool_calls message.role == 'tool'", True),
        ("message.tool_calls message['role'] == 'tool'", True),
        ('assistant_tool_call message["role"] == "tool"', True),
        ("tool_calls tool_response", True),
        ("tool_calls ipython", True),
        ("tool_calls tool_results", True),
        ("tool_calls", False),
        ("tool_response", False),
        ("tool_calls role == 'user'", False),
    ],
)
def test_round_trip_of_a_jinja_text(text, expected):
    assert jinja_round_trip(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GO_ROUND_TRIP, True),
        ("{{ .Tools }}{{ .ToolCalls }}[TOOL_RESULTS]", True),
        ("{{ .Tools }}{{ .ToolCalls }}<tool_response>", True),
        ("{{ .Tools }}<tool_response>", False),
        ("{{ .Tools }}{{ .ToolCalls }}", False),
    ],
)
def test_round_trip_of_a_go_text(text, expected):
    assert go_round_trip(GoTemplate.parse(text)) is expected


# the prompt


CONVERSATION = [Message("system", "S"), Message("user", "a"), Message("assistant", "b"), Message("user", "c")]


def test_both_kinds_render_through_one_door():
    assert choose(GO, None).render(CONVERSATION) == "S|a|b|c|"
    jinja = "{{ bos_token }}{% for m in messages %}{{ m.content }}|{% endfor %}{{ tools | length if tools }}"
    assert choose(None, jinja).render(CONVERSATION, tools=[Tool("f")], bos_token="<s>") == "<s>S|a|b|c|1"


def test_an_answer_that_has_begun_is_continued_with_both_kinds():
    begun = [Message("user", "a"), Message("assistant", "b")]
    assert choose("<u>{{ .Prompt }}<a>{{ .Response }}<end>", None).render(begun) == "<u>a<a>b"
    assert choose(None, "{% for m in messages %}<{{ m.role[0] }}>{{ m.content }}<end>{% endfor %}").render(begun) == "<u>a<end><a>b"


def test_a_suffix_needs_a_go_template_that_knows_it():
    assert choose("{{ .Prompt }}<fill>{{ .Suffix }}", None).render([Message("user", "a")], suffix="b") == "a<fill>b"
    for texts in ((GO, None), (None, JINJA)):
        with pytest.raises(TemplateError, match="cannot insert"):
            choose(*texts).render([Message("user", "a")], suffix="b")


def test_templates_are_values():
    assert choose(GO, None) == choose(GO, None)
    assert hash(choose(None, JINJA)) == hash(choose(None, JINJA))
