"""A Modelfile looked through to its end: all of its mistakes, and its parts for an editor."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama.errors import ModelfileError
from jupyter_ollama.modelfile import Modelfile
from jupyter_ollama.modelfile.highlight import highlight
from jupyter_ollama.modelfile.survey import Survey
from jupyter_ollama.pieces import Piece, Pieces

LINES = st.lists(
    st.sampled_from([
        "FROM mario", "FORM mario", "from ./a b", "FROM", "PARAMETER top_k 3", "PARAMETER top_k x", "PARAMETER  stop y", "PARAMETER", "parameter temprature 1",
        "SYSTEM You are", "SYSTM hello", 'SYSTEM """open', 'closed"""', 'SYSTEM "one"', "and prose.", "Template: x", "TEMPLATE {{ .Prompt }}", "MESSAGE user hi",
        "MESSAGE wizard hi", "MESSAGE", "# comment", "", "  ", "\u3000", "FR\x00OM x", "REQUIRES 1.0", "REQUIRES soon", "LICENSE", "😀 x", "\ud800", "system: x",
    ]),
    max_size=12,
)  # fmt: skip


def errors(text: str) -> list[tuple[int, int]]:
    return [(mark.line, mark.column) for mark in Survey(text).marks if mark.severity == "error"]


def cut(text: str) -> Pieces:
    """A template as one piece."""
    return (Piece("operator", text),)


def test_every_mistake_is_found_not_only_the_first() -> None:
    text = """FROM mario
PARAMETER tempature 1
PARAMETER top_k x
# hi
SYSTM hello
and more of it
MESSAGE wizard hi
PARAMETER use_mmap yes
REQUIRES soon
SYSTEM "never closed
PARAMETER num_ctx 5
PARAMETER seed z"""

    assert errors(text) == [(5, 1), (7, 9), (10, 8), (2, 11), (3, 17), (8, 20), (9, 10), (12, 16)]
    said = "\n".join(mark.text for mark in Survey(text).marks)
    assert "Did you mean temperature?" in said
    assert "Did you mean SYSTEM?" in said
    assert "wizard is not a role" in said
    assert "Line " not in said


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("FROM a\nPARAMETER tempature 1", "tempature"), ("FROM a\nPARAMETER temperature hot and cold", "hot and cold"), ("FROM a\nBAD x", "BAD"),
        ('FROM a\nSYSTEM """open\nmore', '"""open'), ("FROM a\nMESSAGE wizard hi", "wizard"), ("\ufeffFROM a\nFR\x00OMM x", "FR\x00OMM"),
        ("FROM a\n😀😀 PARAMTER x", "😀😀"), ("FROM a\r\nBAD x\r\n", "BAD"),
    ],
)  # fmt: skip
def test_a_mark_covers_what_is_wrong(text: str, marked: str) -> None:
    (mark,) = [mark for mark in Survey(text).marks if mark.severity == "error"]

    line = text.replace("\r\n", "\n").split("\n")[mark.line - 1]
    assert line[mark.column - 1 : mark.end_column - 1] == marked
    assert mark.line == mark.end_line


def test_what_is_allowed_but_perhaps_not_meant_is_a_warning() -> None:
    marks = Survey("FROM a\nSYSTEM You are\ngood.\nPARAMETER low_vram true\nPARAMETER mirostat 1\nSYSTEM again").marks

    assert [(mark.line, mark.severity) for mark in marks] == [(2, "warning"), (4, "warning"), (5, "warning"), (6, "warning")]
    assert 'SYSTEM """You are' in marks[0].text or 'SYSTEM "You are' in marks[0].text


def test_what_cannot_be_seen_is_told() -> None:
    marks = Survey("FROM a\nSYSTEM mind the \u202egap\u202c and\u200b\n").marks

    assert [(mark.line, mark.column, mark.severity, mark.text.split()[0]) for mark in marks] == [
        (2, 17, "warning", "U+202E"), (2, 21, "warning", "U+202C"), (2, 26, "warning", "U+200B"),
    ]  # fmt: skip
    assert Survey("FROM a\nSYSTEM \U0001f468\u200d\U0001f469 \u05d0").marks == []


def test_without_from_there_is_one_mistake_but_not_beside_a_slip_of_from() -> None:
    assert errors("SYSTEM hi") == [(1, 1)]
    assert errors("") == [(1, 1)]
    assert errors("FORM mario") == [(1, 1)]


@given(LINES)
@settings(max_examples=300, deadline=None)
def test_a_text_has_errors_exactly_if_it_does_not_parse_and_the_first_one_is_the_same(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = errors(text)

    try:
        Modelfile.parse(text)
    except ModelfileError as error:
        assert found
        if "\x00" not in text:
            assert (error.line, error.column) in found
    else:
        assert not found


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=200, deadline=None)
def test_the_parts_put_together_are_the_text_and_marks_lie_in_it(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    survey = Survey(text)

    assert "".join(part for _, part in highlight(survey, cut)) == text
    for mark in survey.marks:
        assert 1 <= mark.line <= len(lines) + 1
        assert (mark.end_line, mark.end_column) >= (mark.line, mark.column)


def test_instructions_names_values_and_comments_are_told_apart() -> None:
    text = '# head\nFROM mario\nparameter top_k 3\nPARAMETER stop """x"""\nMESSAGE user "Hi"\nTEMPLATE """{{ x }}"""\nSYSTEM Be\nkind.\nBAD x'

    assert [tuple(piece) for piece in highlight(Survey(text), cut)] == [
        ("comment", "# head"), ("plain", "\n"), ("instruction", "FROM"), ("plain", " "), ("variable", "mario"), ("plain", "\n"),
        ("instruction", "parameter"), ("plain", " "), ("keyword", "top_k"), ("plain", " "), ("number", "3"), ("plain", "\n"),
        ("instruction", "PARAMETER"), ("plain", " "), ("keyword", "stop"), ("plain", " "), ("string", '"""x"""'), ("plain", "\n"),
        ("instruction", "MESSAGE"), ("plain", " "), ("keyword", "user"), ("plain", " "), ("string", '"Hi"'), ("plain", "\n"),
        ("instruction", "TEMPLATE"), ("plain", " "), ("string", '"""'), ("operator", "{{ x }}"), ("string", '"""'), ("plain", "\n"),
        ("instruction", "SYSTEM"), ("plain", " Be\nkind.\nBAD x"),
    ]  # fmt: skip


def test_a_very_long_text_full_of_mistakes_is_told_in_part() -> None:
    survey = Survey("BAD x\nSYSTEM \"open\n" * 20_000)

    assert 0 < len(survey.marks) <= 200
