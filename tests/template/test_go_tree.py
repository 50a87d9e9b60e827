"""Questions that Ollama's rules ask a Go template: what it mentions, and its part before the answer."""

from __future__ import annotations

import pytest

from jupyter_ollama.template.go import GoTemplate


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ .System }}{{ .Prompt }}", {"system", "prompt"}),
        ("{{ range .Messages }}{{ .Content }}{{ end }}", {"messages", "content"}),
        ("{{ range $i, $_ := $.Messages }}{{ end }}", {"messages"}),
        ("{{ (index .Messages 0).Content }}", {"messages", "content"}),
        ('{{ define "x" }}{{ .Response }}{{ end }}', {"response"}),
        ("{{ if .A }}{{ else if .B }}{{ else }}{{ .C }}{{ end }}", {"a", "b", "c"}),
        ("{{ with .A }}{{ else with .B }}{{ .C }}{{ end }}", {"a", "b", "c"}),
        ("{{ range .A }}{{ else }}{{ .B.D }}{{ end }}", {"a", "b", "d"}),
        ('{{ template "x" .A }}{{ define "x" }}{{ end }}', {"a"}),
        ('{{ block "x" .A }}{{ .B }}{{ end }}', {"a", "b"}),
        ("{{ .TOOLS }}{{/* .Suffix */}} .Prompt", {"tools"}),
        ("{{ $x := .A | printf .B }}{{ $x }}", {"a", "b"}),
        ("text only", set()),
    ],
)
def test_identifiers_are_all_fields_in_lower_case(text, names):
    assert GoTemplate.parse(text).identifiers == names


DATA = {"System": "S", "Prompt": "P", "Response": "R", "Yes": True, "List": [1, 2]}


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("{{ .Prompt }}>{{ .Response }}<end>", "P>R"),
        ("{{ .Prompt }}", "P"),
        ("a{{ if .Response }}b{{ .Response }}c{{ end }}d", "abR"),
        ("a{{ if .Yes }}b{{ .Response }}c{{ else }}d{{ .Response }}e{{ end }}f", "abR"),
        ("a{{ if not .Yes }}b{{ .Response }}c{{ else }}d{{ .Response }}e{{ end }}f", "adR"),
        ("a{{ if not .Yes }}b{{ .Response }}c{{ else }}d{{ end }}f", "ad"),
        ("a{{ with .List }}b{{ $.Response }}c{{ end }}d", "abR"),
        ("{{ range .List }}{{ . }}{{ $.Response }}x{{ end }}y", "1R2R"),
        ('a{{ printf "%s!" .Response }}b', "aR!"),
        ("a{{ .Response | len }}b{{ .Response }}", "a1"),
        ("{{ .Response }}{{ .Response }}", "R"),
        ('{{ define "x" }}<{{ . }}>{{ end }}a{{ template "x" .Response }}b', "a<R>"),
    ],
)
def test_cut_after_ends_right_behind_the_first_reference(text, cut):
    assert GoTemplate.parse(text).cut_after("Response").render(DATA) == cut


def test_a_cut_template_leaves_the_whole_one_as_it_was():
    template = GoTemplate.parse("{{ .Response }}<end>")
    template.cut_after("Response")
    assert template.render(DATA) == "R<end>"


def test_an_appended_field_is_printed_but_not_part_of_the_text():
    template = GoTemplate.parse("{{ .Prompt }}").appended("Response")
    assert template.render(DATA) == "PR"
    assert template.source == "{{ .Prompt }}"
