"""Which piece of a prompt comes from which message and from which place of the template, and which places were not taken."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jupyter_ollama.messages import Message, Tool
from jupyter_ollama.template import witness
from jupyter_ollama.template.chat import ChatTemplate
from jupyter_ollama.template.tracing import Trace, trace

MESSAGES = [Message("system", "Be kind."), Message("user", " Hello "), Message("assistant", "Hi."), Message("user", "So?")]
ORIGINS = ["system", "history", "history", "turn"]
TOOL = Tool("get_weather", "Tells the weather.", {"type": "object", "properties": {}})

JINJA = """{{- bos_token }}
{%- macro line(text) %}
[{{ text }}]
{%- endmacro %}
{%- if tools %}
    Tools:
    {%- for tool in tools %}
        {{- tool | tojson }}
    {%- endfor %}

{%- elif nothing %}
never
{%- else %}
no tools{# a comment #}
    {% endif -%}
{% for message in messages %}
{%- set said %}{{ message.content | trim }}{% endset -%}
<{{ message.role }}>{ {{- line(said) }}{%- if loop.last %}!{%- endif %}
{% endfor %}
{% raw %}{{ not }} {%{% endraw %}
{{ '<assistant>' }}

"""
GO = """{{- /* what it is */ -}}
{{ define "line" }}[{{ . }}]{{ end -}}
{{ if .Tools }}Tools: {{ .Tools }}
{{ else }}none {{/* really */}}
{{- end }}
{{- range $i, $message := .Messages }}
<{{ .Role }}>{ {{- template "line" .Content }}{{ if eq .Role "nobody" }}{{ break }}{{ end }}
{{- end }}
{{ "<assistant>" }}
"""
LEGACY = "{{ if .System }}<s>{{ .System }}</s>{{ end }}<u>{{ .Prompt }}</u>{{ .Response }}<end>{{ if .Nope }}no{{ end }}"


def traced(kind: str, text: str, messages: Sequence[Message] = MESSAGES, tools: Sequence[Tool] = ()) -> tuple[str, Trace]:
    template = ChatTemplate(kind, text)

    def render(template: ChatTemplate, messages: Sequence[Message], tools: Sequence[Tool] = tools) -> str:
        return template.render(messages, tools=tools, bos_token="<bos>")

    prompt = render(template, messages)
    plain = (lambda template, messages: render(template, messages, ())) if tools else None
    return prompt, trace(prompt, messages, ORIGINS[-len(messages) :], template, render, plain)


def values(found: Trace) -> dict[str, tuple[str, ...]]:
    return {place.text: place.values for place in found.places if place.kind == "value" and place.taken}


def untaken(found: Trace) -> str:
    return "".join(place.text for place in found.places if place.taken == 0)


@pytest.mark.parametrize("tools", [(), (TOOL,)], ids=["plain", "tools"])
@pytest.mark.parametrize(("kind", "text"), [("jinja", JINJA), ("go", GO), ("go", LEGACY)], ids=["jinja", "go", "legacy"])
def test_parts_are_the_prompt_and_places_the_template(kind: str, text: str, tools: Sequence[Tool]) -> None:
    prompt, found = traced(kind, text, tools=tools)
    assert found.sure
    assert "".join(part.text for part in found.parts) == prompt
    assert "".join(place.text for place in found.places) == text
    assert all(part.place is not None for part in found.parts)
    assert [place.line for place in found.places] == sorted(place.line for place in found.places)


def test_branches_of_a_jinja_template_that_were_not_taken() -> None:
    _, found = traced("jinja", JINJA)
    assert "tool | tojson" in untaken(found)
    assert "never" in untaken(found)
    assert "no tools" not in untaken(found)
    _, found = traced("jinja", JINJA, tools=[TOOL])
    assert "tool | tojson" not in untaken(found)
    assert "no tools" in untaken(found)


def test_values_of_a_jinja_template_also_through_variables_and_macros() -> None:
    _, found = traced("jinja", JINJA)
    assert values(found)["{{ message.role }}"] == ("system", "user", "assistant", "user")
    assert values(found)["{{ message.content | trim }}"] == ("Be kind.", "Hello", "Hi.", "So?")
    assert values(found)["{{- line(said) }}"] == ("[Be kind.]", "[Hello]", "[Hi.]", "[So?]")
    assert [(part.origin, part.text) for part in found.parts if part.origin in ("system", "history", "turn")] == [
        ("system", "Be kind."), ("history", "Hello"), ("history", "Hi."), ("turn", "So?"),
    ]  # fmt: skip


def test_a_go_template_in_all_its_modes() -> None:
    _, found = traced("go", GO)
    assert values(found)["{{ . }}"] == ("Be kind.", " Hello ", "Hi.", "So?")
    assert "Tools: {{ .Tools }}" in untaken(found)
    assert "{{ break }}" in untaken(found)
    _, found = traced("go", LEGACY)
    assert values(found)["{{ .Prompt }}"] == (" Hello ", "So?")
    assert values(found)["{{ .System }}"] == ("Be kind.",)
    assert untaken(found) == "{{ if .Nope }}no"


def test_what_is_written_because_of_tools_is_about_tools() -> None:
    for kind, text in (("jinja", JINJA), ("go", GO)):
        _, found = traced(kind, text, tools=[TOOL])
        told = "".join(part.text for part in found.parts if part.origin == "tools")
        assert told.lstrip().startswith("Tools:"), told
        assert "get_weather" in told
        assert "<" not in told


def test_other_variables_have_an_origin_of_their_own_and_constants_are_the_templates() -> None:
    _, found = traced("jinja", JINJA)
    assert [part.text for part in found.parts if part.origin == "variable"] == ["<bos>", "system", "user", "assistant", "user"]
    assert "<assistant>" in "".join(part.text for part in found.parts if part.origin == "template")


def test_a_template_that_looks_at_texts_closely_tells_at_least_its_places() -> None:
    text = "{{ range .Messages }}{{ len .Content }}{{ if eq .Content `So?` }}last{{ else }}other{{ end }}{{ end }}"
    prompt, found = traced("go", text)
    assert prompt == "8other7other3other3last"
    assert not found.sure
    assert values(found)["{{ len .Content }}"] == ("8", "7", "3", "3")


def test_texts_with_marks_in_them_are_left_alone() -> None:
    for strange in ("a\U000f0000b", "a\U00100002b"):
        prompt, found = traced("go", GO, [Message("user", strange)])
        assert not found.sure
        assert [part.text for part in found.parts] == [prompt]
        assert all(place.taken is None for place in found.places)


def test_a_template_with_more_places_than_marks_or_that_cannot_be_cut_is_one_text() -> None:
    assert [place.kind for place in witness.places("go", "{{ if")] == ["text"]
    assert [place.kind for place in witness.places("jinja", "{% if ) %}")] == ["text"]
    many = witness.places("go", "{{ . }}" * 28_000)
    assert witness.witness(many, captured=True) is not None
    assert witness.witness([*many, *many], captured=True) is None
