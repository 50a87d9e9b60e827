"""Texts that go on over several lines without quotes: the one way in which this grammar takes more than Ollama's."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jupyter_ollama.errors import ModelfileError
from jupyter_ollama.modelfile import Modelfile

GOLDEN = Path(__file__).parents[1] / "golden" / "modelfile" / "continued.txt"


@dataclass
class Case:
    name: str
    text: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def cases() -> list[Case]:
    blocks = GOLDEN.read_text(encoding="utf-8").split("\n=== ")[1:]
    return [_case(block) for block in blocks]


def _case(block: str) -> Case:
    name, _, rest = block.partition("\n")
    case = Case(name)
    text, *sections = rest.split("\n[")
    case.text = text + "\n"
    for section in sections:
        heading, _, body = section.partition("]\n")
        if heading.startswith("warnings"):
            case.warnings = body.split()
        else:
            case.parts.append((heading, body))
    return case


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case(case: Case) -> None:
    modelfile = Modelfile.parse(case.text)
    found = {name: [] for name, _ in case.parts}
    for command in modelfile.commands:
        found.setdefault(command.name, []).append(command.args)
    for name, body in reversed(case.parts):
        assert found[name].pop() == body
    assert [f"{warning.line}:{warning.column}" for warning in modelfile.warnings] == case.warnings


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_printed_it_reads_the_same_without_a_warning(case: Case) -> None:
    modelfile = Modelfile.parse(case.text)
    again = Modelfile.parse(str(modelfile))
    assert again == modelfile
    assert [warning.message for warning in again.warnings if "goes on" in warning.message] == []


def test_windows_newlines_become_plain_ones() -> None:
    assert Modelfile.parse("FROM a\r\nSYSTEM one\r\ntwo\r\n").system == "one\ntwo"


def test_the_warning_shows_the_quoted_form() -> None:
    (warning,) = Modelfile.parse('FROM a\nSYSTEM You are "Mario".\nBe short.').warnings
    assert warning.suggestion == 'SYSTEM """You are "Mario".\nBe short."""'
    assert warning.suggestion in warning.message
    assert "goes on over line 3" in warning.message


def test_the_warning_about_a_long_text_is_short() -> None:
    (warning,) = Modelfile.parse("FROM a\nMESSAGE user x" + "\ny" * 100 + "\nz").warnings
    assert warning.suggestion.startswith('MESSAGE user "x\ny')
    assert len(warning.message.split("\n")) < 12
    assert warning.message.endswith('z"')


def test_the_warning_names_lines_that_begin_with_a_keyword() -> None:
    (warning,) = Modelfile.parse("FROM a\nSYSTEM You\nfrom the start, you").warnings
    assert "Line 3 counts as text" in warning.message


def test_a_doubtful_instruction_is_said() -> None:
    doubt, _ = Modelfile.parse("FROM a\nSYSTEM You\nsystem prompts are secret").warnings
    assert "'system' begins a new instruction" in doubt.message
    assert '"""' in doubt.message


def test_many_warnings_are_cut_off() -> None:
    assert len(Modelfile.parse("FROM a\n" + "SYSTEM a\nb\n" * 5000).warnings) <= 201


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("SYSTM be short", "SYSTEM"),
        ("PARAMTER temperature 1", "PARAMETER"),
        ("PARAMETERS temperature 1", "PARAMETER"),
        ("FORM llama3", "FROM"),
        ("FRON x", "FROM"),
        ("LICENCE MIT", "LICENSE"),
        ("MESAGE user hi", "MESSAGE"),
        ("  ADAPTOR ./lora", "ADAPTER"),
        ("TEMPALTE: x", "TEMPLATE"),
        ("paramter temperature 0.5", "PARAMETER"),
        ("Mesage user hello", "MESSAGE"),
        ("form llama3:8b", "FROM"),
        ("SYSTM", "SYSTEM"),
    ],
)
def test_a_misspelt_instruction_is_an_error(line: str, meant: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(f"FROM a\nSYSTEM You are Mario.\nBe short.\n{line} \nMESSAGE user hi")
    error = caught.value
    assert (error.line, error.column) == (4, 1 + len(line) - len(line.lstrip()))
    assert f"Did you mean {meant}?" in str(error)
    assert '"""' in error.hint
    assert error.text.startswith("(line 4): command must be one of")


def test_slips_in_a_file_of_small_letters_are_seen_too() -> None:
    with pytest.raises(ModelfileError, match="Did you mean SYSTEM"):
        Modelfile.parse("from a\ntemplate {{ .Prompt }}\nsystm you are Mario")


@pytest.mark.parametrize("line", ["FROM: llama3", "PARAMETER", "SYSTEM\u3000你好", "FROM"])
def test_a_keyword_in_capitals_is_never_text(line: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(f"FROM a\nSYSTEM You are Mario.\n{line}\n")
    assert (caught.value.line, caught.value.column) == (3, 1)


def test_a_swallowed_from_is_named_when_there_is_no_other() -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse("SYSTEM You are Mario.\nBe short.\nfrom my old model")
    assert caught.value.text == "no FROM line"
    assert "Line 3 begins with from" in caught.value.hint


@pytest.mark.parametrize("line", ["FROM a", "PARAMETER stop a", "ADAPTER ./a", 'SYSTEM "hello"'])
def test_only_unquoted_texts_go_on(line: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(f"FROM a\n{line}\nand more of it\n")
    assert caught.value.line == 3


def test_text_below_a_closed_quote_is_explained() -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse('FROM a\nSYSTEM "You are Mario."\nYou like pizza.')
    assert "move the closing quote" in caught.value.hint
