"""Hostile Go templates end soon and with a TemplateError: no hang, no RecursionError, no full memory."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.go import GoTemplate
from jupyter_ollama.template.limits import SOURCE_CHARS, Budget, Limits

DATA = {
    "Name": "Mario",
    "Int": 7,
    "Float": 2.5,
    "Yes": True,
    "List": ["a", None, 3],
    "Map": {"a": 1, "b": [1, 2]},
    "Messages": [{"Role": "user", "Content": "Hi 世界"}],
}

LONG = '{{ $x := printf "%1000000d" 1 }}'

HOSTILE = {
    "endless range": "{{ range 1000000000000 }}{{ end }}",
    "nested ranges": "{{ range 100000 }}{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}{{ end }}",
    "recursion": '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
    "mutual recursion": '{{ define "x" }}{{ template "y" . }}{{ end }}{{ define "y" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
    "branching recursion": '{{ define "x" }}' + '{{ template "x" . }}' * 50 + '{{ end }}{{ template "x" . }}',
    "a text that doubles": '{{ $x := "aaaaaaaaaa" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}',
    "a text that doubles unseen": '{{ $x := "aaaaaaaaaa" }}{{ range 100 }}{{ $x = printf "%s%s" $x $x }}{{ end }}',
    "wide printf": '{{ range 1000 }}{{ printf "%9999999d" 1 }}{{ end }}',
    "wide printf of a list": '{{ range 100 }}{{ printf "%9999999v" $.List }}{{ end }}',
    "precise printf": '{{ range 1000 }}{{ $x := printf "%.9999999d" 1 }}{{ end }}',
    "star width": '{{ range 100000 }}{{ $x := printf "%*d" 1000000 1 }}{{ end }}',
    "much output": "{{ range 100000000 }}" + "x" * 10_000 + "{{ end }}",
    "escapes of long texts": '{{ $x := printf "%1000000d" 1 }}{{ range 1000000 }}{{ $y := js $x }}{{ end }}',
    "quoting of long texts": '{{ $x := printf "%1000000d" 1 }}{{ range 1000000 }}{{ $y := printf "%q" $x }}{{ end }}',
    "comparing long texts": '{{ $x := printf "%9000000d" 1 }}{{ range 1000000 }}{{ $y := eq $x $x }}{{ end }}',
    "slicing long texts": '{{ $x := printf "%9000000d" 1 }}{{ range 1000000 }}{{ $y := slice $x 1 }}{{ end }}',
    "a long text printed often": LONG + "{{ print" + " $x" * 50_000 + " }}",
    "a long text printed often in lines": LONG + "{{ println" + " $x" * 50_000 + " }}",
    "a long text escaped often": LONG + "{{ html" + " $x" * 50_000 + " }}",
    "a long text formatted often": LONG + '{{ printf "' + "%[1]s" * 30_000 + '" $x }}',
    "a long text formatted often with width": LONG + '{{ printf "' + "%9[1]s" * 30_000 + '" $x }}',
    "a long text in hexadecimal": LONG + '{{ printf "' + "%[1]x" * 30_000 + '" $x }}',
    "a long text left over": LONG + '{{ printf ""' + " $x" * 50_000 + " }}",
    "a long text of the wrong kind": LONG + '{{ printf "' + "%[1]d" * 30_000 + '" $x }}',
    "many questions in one action": "{{ range 1000000 }}{{ $y := or" + " (eq 1 2)" * 15_000 + " }}{{ end }}",
    "many fields in one action": "{{ range 1000000 }}{{ $y := print" + " $.Nothing" * 15_000 + " }}{{ end }}",
    "many arguments of and": "{{ range 1000000 }}{{ $y := and" + " 1" * 90_000 + " }}{{ end }}",
    "parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "unclosed parentheses": "{{ " + "(" * 50_000,
    "nested ifs": "{{ if 1 }}" * 2000 + "{{ end }}" * 2000,
    "nested blocks": "".join(f'{{{{ block "b{n}" . }}}}' for n in range(2000)) + "{{ end }}" * 2000,
    "too many variables": "".join(f"{{{{ $v{n} := 1 }}}}" for n in range(5000)),
    "too long": "x" * (SOURCE_CHARS + 1),
    "a very long number": "{{ " + "9" * 100_000 + " }}",
    "a very long exponent": "{{ 1e" + "9" * 300 + " }}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_ends_soon_with_an_error(text):
    started = time.monotonic()
    with pytest.raises(TemplateError):
        GoTemplate.parse(text).render(DATA)
    assert time.monotonic() - started < 20  # limits are 5 s; the rest is for a busy machine


LARGE_BUT_HONEST = {
    "long else-if chain": "{{ if eq .Int 0 }}0" + "".join(f"{{{{ else if eq .Int {n} }}}}{n}" for n in range(1, 3000)) + "{{ end }}",
    "many actions": "{{ .Name }}" * 10_000,
    "long pipe": "{{ .Name" + " | print" * 5000 + " }}",
    "many arguments": "{{ print" + " .Name" * 10_000 + " }}",
}


@pytest.mark.parametrize("text", LARGE_BUT_HONEST.values(), ids=LARGE_BUT_HONEST.keys())
def test_large_templates_that_do_little_are_fine(text):
    assert GoTemplate.parse(text).render(DATA)


def test_a_conversation_of_a_million_tokens_is_no_problem():
    template = GoTemplate.parse("{{ range .Messages }}<{{ .Role }}>{{ .Content }}</>{{ end }}")
    messages = [{"Role": "user", "Content": "word " * 2000} for _ in range(400)]
    assert len(template.render({"Messages": messages})) > 4_000_000


def test_deep_data_are_an_error_not_a_crash():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(TemplateError, match="nest too deeply"):
        GoTemplate.parse("{{ .Deep }}").render({"Deep": deep})
    while deep:  # take it apart by hand: freeing it at once would recurse in C
        deep = deep.pop()


def test_steps_are_counted_over_several_renderings():
    template, budget = GoTemplate.parse("{{ range 50 }}{{ end }}"), Budget(Limits(steps=10_000, seconds=60))
    with pytest.raises(TemplateError, match="does not finish"):
        for _ in range(1000):
            template.render({}, budget)


PIECES = st.sampled_from(
    "{{ }} {{- -}} if else end range with define template block break continue nil true $x $ . .Name .Map .List .Messages "
    ':= = | ( ) , "a" `b` 1 -2 3.5 0x1f \'c\' print printf len index slice eq and or not html js json /* */ " ` \\ {{/* */}} é 世 \n'.split(
        " "
    )
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).flatmap(lambda pieces: st.sampled_from(["", " "]).map(lambda glue: glue.join(pieces))))
def test_any_mixture_of_tokens_renders_or_raises_template_error(text):
    try:
        made = GoTemplate.parse(text).render(DATA)
    except TemplateError as error:
        assert error.line >= 0
    else:
        made.encode()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_renders_or_raises_template_error(text, action):
    for source in (text, "{{" + action + "}}", "{{ printf " + action + " .Name .Int .List .Map }}"):
        try:
            GoTemplate.parse(source).render(DATA).encode()
        except TemplateError:
            pass


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["Name", "Int", "Float", "Yes", "List", "Map", "Nothing"]))
def test_any_printf_layout_gives_valid_text(layout, field):
    GoTemplate.parse("{{ printf .Layout ." + field + " }}").render({**DATA, "Layout": "%" + layout}).encode()


@pytest.mark.parametrize("text", ["{{ len }}", "{{ 3 4 }}", "{{ and }}", "{{ $x = 1 }}"])
def test_what_is_wrong_from_the_start_leaves_nothing_behind(text):
    """The error is known when the template is compiled; each rendering raises its own."""
    template, caught = GoTemplate.parse(text), []
    for _ in range(3):
        with pytest.raises(TemplateError) as raised:
            template.render(DATA)
        caught.append(raised.value)
    assert len({id(one.__context__) for one in caught}) == 3
