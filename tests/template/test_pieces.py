"""Templates with their parts named: all of the text, whatever is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_ollama.pieces import STYLES
from jupyter_ollama.template.pieces import go_pieces, jinja_pieces

GO = ["{{", "}}", "{{-", "-}}", " ", "if ", "end", "range $i, $m := ", ".Messages", '"text"', "`raw`", "'c'", "1.5", "| len", "{{/* note */}}", "text\n", "\r\n", "{", "}", "/*", "\""]
JINJA = ["{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", " ", "if x", "endif", "for m in messages", "endfor", "m['a']", "'text'", "1.5", "~", "text\n", "\r\n", "\r", "raw", "endraw", "?", '"']  # fmt: skip


def whole(pieces: object) -> str:
    return "".join(text for _, text in pieces)  # type: ignore[attr-defined]


@given(st.lists(st.sampled_from(GO), max_size=20).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_parts_of_a_go_template_are_all_of_it(source: str) -> None:
    found = go_pieces(source)

    assert whole(found) == source
    assert {style for style, _ in found} <= set(STYLES)


@given(st.lists(st.sampled_from(JINJA), max_size=20).map("".join))
@example("{% raw %}\r\n{{ x }}{% endraw %}\r\n")
@settings(max_examples=300, deadline=None)
def test_the_parts_of_a_jinja_template_are_all_of_it(source: str) -> None:
    found = jinja_pieces(source)

    assert whole(found) == source
    assert {style for style, _ in found} <= set(STYLES)


def test_parts_of_a_go_template_have_their_names() -> None:
    found = go_pieces('{{- if .System }}a{{ end -}}\n{{/* note */}} {{ printf "%s" $ 1 }}')

    assert [tuple(piece) for piece in found if piece.text.strip()] == [
        ("operator", "{{-"), ("keyword", "if"), ("variable", ".System"), ("operator", "}}"), ("plain", "a"), ("operator", "{{"),
        ("keyword", "end"), ("operator", " -}}"), ("comment", "{{/* note */}}"), ("operator", "{{"), ("keyword", "printf"),
        ("string", '"%s"'), ("variable", "$"), ("number", "1"), ("operator", "}}"),
    ]  # fmt: skip


def test_parts_of_a_jinja_template_have_their_names() -> None:
    found = jinja_pieces("{%- for m in messages %}{{ m['role'] ~ 1 }}{# note #}{% endfor %}")

    assert [tuple(piece) for piece in found if piece.text.strip()] == [
        ("operator", "{%-"), ("keyword", "for"), ("variable", "m"), ("keyword", "in"), ("variable", "messages"), ("operator", "%}{{"),
        ("variable", "m"), ("operator", "["), ("string", "'role'"), ("operator", "]"), ("operator", "~"), ("number", "1"),
        ("operator", "}}"), ("comment", "{# note #}"), ("operator", "{%"), ("keyword", "endfor"), ("operator", "%}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wrong"),
    [("{{ if .X }}a", "if"), ("{{ .X }", "}"), ("a {{ end }} b", "end"), ("{{ 'x }}\nrest", "'x }}"), ("{{ nothing }}", "nothing")],
)
def test_a_go_template_that_is_wrong_has_an_error_where_it_is(source: str, wrong: str) -> None:
    assert [text for style, text in go_pieces(source) if style == "error"] == [wrong]


@pytest.mark.parametrize("source", ["{% if x %}", "{{ 'a }}\nb", "{{ a ? b }}\n x", "{% for %}\nhello\n", "{% endif %}"])
def test_a_jinja_template_that_is_wrong_has_an_error_on_its_line(source: str) -> None:
    found = jinja_pieces(source)

    assert "error" in {style for style, _ in found}
    assert not [text for style, text in found if style == "error" and ("hello" in text or "b\n" in text)]


@pytest.mark.parametrize("source", ["{{" * 50_000, "{{(" * 5000, "{%if x%}" * 5000, "x" * 300_000, "{" * 100_000, "{{ [" * 3000])
def test_a_template_made_to_hurt_has_parts_all_the_same(source: str) -> None:
    assert whole(go_pieces(source)) == source
    assert whole(jinja_pieces(source)) == source
