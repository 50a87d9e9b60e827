"""What a template writes around thoughts and before tool calls."""

from __future__ import annotations

import pytest

from jupyter_ollama.template.chat import choose

THINKING = "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (THINKING, ("<think>", "</think>")),
        ("{{ range $i, $m := .Messages }}<a> {{ $m.Thinking }} </a>{{ end }}", ("<a>", "</a>")),
        ("{{ range .Messages }}{{ if and .Thinking true }}\n<t>\n{{ .Thinking }}\n</t>\n{{ end }}{{ end }}", ("<t>", "</t>")),
        ("{{ range .Messages }}{{ .Thinking }}{{ end }}" + THINKING, ("<think>", "</think>")),
        ("{{ range .Messages }}<think>{{ .Thinking }}{{ end }}", None),
        ("{{ range .Others }}<t>{{ .Thinking }}</t>{{ end }}", None),
        ("<t>{{ .Thinking }}</t>", None),
        ("{{ .Prompt }}", None),
    ],
)
def test_thinking_tags_are_the_texts_around_thinking(text, tags):
    assert choose(text, None).thinking_tags == tags


def test_thinking_in_an_inner_loop_over_something_else_tells_nothing():
    text = "{{ range .Messages }}{{ range .ToolCalls }}<t>{{ .Thinking }}</t>{{ end }}{{ end }}"
    assert choose(text, None).thinking_tags is None


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("{# <think> </think> #}", ("<think>", "</think>")),
        ("{{ content.split('</think>')[-1] }}", ("<think>", "</think>")),
        ("<think>", None),
        ("</think>", None),
        ("{{ messages }}", None),
    ],
)
def test_a_jinja_text_has_the_usual_thinking_tags_or_none(text, tags):
    assert choose(None, text).thinking_tags == tags


@pytest.mark.parametrize(
    ("block", "marker"),
    [
        ('{{ if .ToolCalls }}<tool_call>{"name": {{ .ToolName }}}{{ end }}', "<tool_call>"),
        ("{{ if .ToolCalls }}\n[TOOL_CALLS] [{{ range .ToolCalls }}{{ .Function }}{{ end }}]{{ end }}", "[TOOL_CALLS] ["),
        ('{{ if .ToolCalls }}[TOOL_CALLS] [{"name": 1}]{{ end }}', "[TOOL_CALLS] ["),
        ('{{ if .ToolCalls }}\n{{ range .ToolCalls }}\n{"name": "{{ .Function.Name }}"}{{ end }}{{ end }}', "{"),
        ("{{ if .ToolCalls }}{{ range .ToolCalls }}<tool_call>\n{{ .Function }}\n</tool_call>{{ end }}{{ end }}", "<tool_call>"),
        ("{{ if .Content }}said{{ else if .ToolCalls }}<call>{{ end }}", "<call>"),
        ("{{ if and .ToolCalls (not .Content) }}<call>{{ end }}", "<call>"),
        ("{{ if or (and .ToolCalls true) .Content }}<call>{{ end }}", "<call>"),
        ("{{ if not .ToolCalls }}<no>{{ else }}x{{ end }}{{ if .ToolCalls }}<call>{{ end }}", "<call>"),
        ("{{ if .ToolCalls }}{{ .Content }}<call>{{ end }}", "<call>"),
        ("{{ if .ToolCalls }}{{ $n := len .ToolCalls }}<call>{{ end }}", "<call>"),
        ("{{ if .ToolCalls }}{{ json .ToolCalls }}</calls>{{ end }}", "{"),
        ("{{ if .ToolCalls }}{{ if .Content }}{{ else }}<call>{{ end }}{{ end }}", "<call>"),
        ("{{ if .ToolCalls }}{{ range .ToolCalls }}{{ .Function }}{{ end }}</calls>{{ end }}", "{"),
        ("{{ if .ToolCalls }} {{ end }}{{ if .ToolCalls }}<second>{{ end }}", "{"),
        ("{{ with .ToolCalls }}<call>{{ end }}", "<call>"),
        ("{{ range .ToolCalls }}<call>{{ .Function }}{{ end }}", "<call>"),
        ("{{ .Content }}", "{"),
    ],
)
def test_the_tool_marker_is_the_first_text_of_the_block_for_calls(block, marker):
    assert choose(f"{{{{ range .Messages }}}}{block}{{{{ end }}}}", None).tool_marker == marker


def test_a_jinja_text_tells_no_tool_marker():
    assert choose(None, "{{ tools }}<tool_call>").tool_marker is None
