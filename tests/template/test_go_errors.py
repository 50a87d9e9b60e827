"""Errors of Go templates: the place, what is wrong in Go's words, and what to do."""

from __future__ import annotations

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.chat import validate
from jupyter_ollama.template.go import GoTemplate


def error_of(text: str, data: dict | None = None) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        GoTemplate.parse(text).render(data or {})
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "detail"),
    [
        ("{{ .System }} {{ .Prompt", 1, 15, "unclosed action"),
        ("a\nb {{ if .P }}x", 2, 6, "unexpected end of the text in {{if}}"),
        ("a\n\n  {{ $x }}", 3, 6, 'undefined variable "$x"'),
        ("{{ shout .Name }}", 1, 4, 'function "shout" not defined'),
        ("x{{ end }}", 1, 5, "unexpected {{end}}"),
        ('\n{{ "abc }}', 2, 4, "unterminated quoted string"),
        ("世界{{ .a! }}", 1, 8, "bad character '!'"),
        ("{{ (len 3 }}", 1, 5, "unclosed left paren"),
        ("{{/* x }}", 1, 1, "unclosed comment"),
    ],
)
def test_a_parse_error_tells_line_column_and_cause(text, line, column, detail):
    error = error_of(text)
    assert (error.line, error.column) == (line, column)
    assert detail in error.message
    assert error.message.startswith(f"Template line {line}, column {column}: ")
    assert error.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("{{ .A.B }}", "nil pointer evaluating interface {}.B"),
        ("{{ index .L 9 }}", "error calling index: index out of range: 9"),
        ("{{ len 3 }}", "error calling len: len of type int"),
        ('{{ eq 1 "1" }}', "incompatible types for comparison"),
        ('{{ template "x" . }}', 'template "x" not defined'),
        ("{{ range .S }}{{ end }}", "range can't iterate over a string"),
        ("{{ .S 3 }}", "can't give argument to non-function"),
    ],
)
def test_an_error_at_run_time_has_its_place_too(text, detail):
    error = error_of("\n  " + text, {"L": [1], "S": "s"})
    assert error.line == 2
    assert error.column >= 6
    assert detail in error.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{{ .Prompt", "Close it with }}."),
        ("{{ if .P }}", "Close it with {{ end }}."),
        ("{{ Prompt }}", "Fields begin with a dot: .Prompt."),
        ("{{ $x }}", "Declare it first with {{ $x := ... }}."),
        ("{{ .A.B }}", "Test the part before it with {{ if }}."),
        ('{{ "\\z" }}', "Write \\\\ for a backslash."),
    ],
)
def test_the_hint_is_a_remedy(text, hint):
    assert error_of(text).hint == hint


@pytest.mark.parametrize("text", ["{{ .System }} {{ .Prompt", "{{ if .P }}x", "{{ .Prompt }}{{ end }}", "{{ nope }}"])
def test_a_wrong_template_is_refused_before_it_is_stored(text):
    """Pitfall 33."""
    with pytest.raises(TemplateError):
        validate(text)


def test_a_template_called_without_a_value_is_refused():
    """Pitfall 55: Ollama's wording; the language itself allows it."""
    text = '{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}'
    with pytest.raises(TemplateError) as caught:
        validate(text)
    assert "undefined template specified" in caught.value.message
    assert caught.value.hint == 'Give it a value: {{ template "x" . }}.'
    assert GoTemplate.parse('{{ define "x" }}a{{ end }}{{ template "x" }}').render({}) == "a"


def test_a_good_template_is_accepted():
    validate('{{ define "x" }}{{ .Role }}{{ end }}{{ range .Messages }}{{ template "x" . }}{{ end }}')
