"""What a user reads about a Modelfile that is wrong: the place, what is wrong there, and what to do."""

from __future__ import annotations

import pytest

from jupyter_ollama.errors import ModelfileError
from jupyter_ollama.modelfile import Modelfile


def mistake(text: str | bytes) -> ModelfileError:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "no FROM line"),
        ("FROM a\n\n  BADCOMMAND x", 3, 3, "BADCOMMAND is not an instruction. Instructions are FROM, LICENSE"),
        ("FORM a", 1, 1, "Did you mean FROM?"),
        ("FROM a\ntemperature 0.7", 2, 1, "Did you mean PARAMETER temperature?"),
        ("FROM a\ntop_k 40", 2, 1, "top_k is not an instruction. Did you mean PARAMETER top_k?"),
        ("FROM a\nprompt hi", 2, 1, "Did you mean SYSTEM?"),
        ("FROM a\nuser hi", 2, 1, "Did you mean MESSAGE user?"),
        ("FROM a\nSYST", 2, 1, "SYST is not an instruction, and the file ends"),
        ("FROM a\nSYSTEM", 2, 1, "SYSTEM has no value. Write one, for example SYSTEM You"),
        ("FROM a\nLICENSE\n", 2, 1, "LICENSE has no value."),
        ("FROM a\nSYSTEM: hi", 2, 1, "SYSTEM is followed by ':', not by a blank."),
        ("FROM\u3000a", 1, 1, "FROM is followed by a special blank (U+3000). Write an ordinary blank"),
        ("FROM a\nPARAMETER num-ctx 5", 2, 11, "a parameter's name cannot contain '-'."),
        ("FROM a\nPARAMETER num_ctx\n", 2, 11, "parameter num_ctx has no value."),
        ("FROM a\nPARAMETER \n", 2, 11, "PARAMETER has neither a name nor a value."),
        ("FROM a\nPARAMETER  num_ctx 5", 2, 11, "more than one blank behind PARAMETER. Write exactly one"),
        ("FROM a\nPARAMETER tempature 1", 2, 11, "unknown parameter 'tempature'. Did you mean temperature?"),
        ("FROM a\nPARAMETER Temperature 1", 2, 11, "unknown parameter 'Temperature'. Did you mean temperature?"),
        ("FROM a\nPARAMETER temperature hot", 2, 23, "temperature needs a number, not 'hot'."),
        ("FROM a\nPARAMETER temperature 0.7 # warm", 2, 23, "A comment needs a line of its own."),
        ("FROM a\nPARAMETER temperature \n", 2, 23, "Write PARAMETER temperature and a value"),
        ("FROM a\nPARAMETER num_ctx 1.0", 2, 19, "num_ctx needs a whole number, not '1.0'."),
        ("FROM a\nPARAMETER use_mmap yes", 2, 20, "use_mmap needs true or false, not 'yes'."),
        ("FROM a\nPARAMETER quantize \n", 2, 11 + 9, "quantize needs a type. Write for example PARAMETER quantize q4_K_M"),
        ("FROM a\nMESSAGE User hi", 2, 9, "User is not a role. A MESSAGE is from system, user or assistant"),
        ("FROM a\nMESSAGE  user hi", 2, 9, "two blanks follow MESSAGE."),
        ("FROM a\nMESSAGE user\n", 2, 9, "the MESSAGE of user has no text."),
        ("FROM a\nMESSAGE 1 x", 2, 9, "MESSAGE has no role."),
        ("FROM a\nPARAMETER message hi", 2, 19, "a message needs a role."),
        ("FROM a\nREQUIRES soon", 2, 10, "REQUIRES needs a version number. Write for example REQUIRES 0.14.0"),
        ('FROM a\nSYSTEM """open\n\n', 2, 8, 'the text that """ opens here is never closed. Write """ at the end'),
        ('FROM a\nSYSTEM "a" b\nPARAMETER stop c', 2, 8, '" must be the last thing on a line.'),
        ("\r\n\r\nFROM a\r\nBAD x", 4, 1, "BAD is not an instruction."),
    ],
)
def test_said_with_its_place(text: str, line: int, column: int, said: str) -> None:
    error = mistake(text)
    assert (error.line, error.column) == (line, column)
    assert said in str(error)
    assert str(error).startswith(f"Line {line}, column {column}: ")
    assert error.hint


def test_the_line_itself_is_a_fact() -> None:
    error = mistake("FROM a\r\n  BAD x\r\nSYSTEM b")
    assert error.source_line == "  BAD x"
    assert error.source_line[error.column - 1 :].startswith("BAD")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Temperature 1", "unknown parameter 'Temperature'"),
        ("numa 1", "unknown parameter 'numa'"),
        (" num_ctx 5", "unknown parameter ''"),
        ("num_ctx x", "invalid int value [x]"),
        ("top_p x", "invalid float value [x]"),
        ("use_mmap yes", "invalid bool value [yes]"),
    ],
)
def test_parameters_are_refused_in_the_words_of_ollama(line: str, text: str) -> None:
    assert mistake(f"FROM a\nPARAMETER {line}").text == text


def test_facts_about_a_parameter() -> None:
    error = mistake("FROM a\nPARAMETER temprature 1")
    assert (error.option, error.near[0]) == ("temprature", "temperature")
    error = mistake("FROM a\nPARAMETER top_k many")
    assert (error.option, error.value) == ("top_k", "many")


def test_a_long_word_is_cut_in_the_sentence() -> None:
    assert len(str(mistake("FROM a\n" + "x" * 10_000 + " y"))) < 300


def test_a_model_is_not_a_modelfile() -> None:
    error = mistake(b"GGUF\x03\x00\x00\x00\x00")
    assert "GGUF model, not a Modelfile" in str(error)
    assert mistake("FROM a".encode("utf-16-le")).hint == "Save the Modelfile as UTF-8."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM ", "means the folder of the Modelfile"),
        ("FROM a # the best", "# begins a comment only at the beginning of a line"),
        ("FROM a\nSYSTEM a\nSYSTEM b", "SYSTEM is given 2 times; this last one counts."),
        ("FROM a\nADAPTER a\nADAPTER b", "ADAPTER is given 2 times"),
        ("FROM a\nPARAMETER num_predict 1\nPARAMETER max_tokens 2", "parameter num_predict is given 2 times"),
        ('FROM a\nSYSTEM "a" b\nPARAMETER stop "x"', "goes on to line 3"),
        ('FROM a\nSYSTEM """a""" b\nPARAMETER stop """x"""', "goes on to line 3"),
        (b"FROM a\nSYSTEM caf\xe9", "not UTF-8"),
        (b"FROM a\nSYSTEM \xe4\xbd", "not UTF-8"),
    ],
)
def test_traps_are_warned_about(text: str | bytes, said: str) -> None:
    warnings = Modelfile.parse(text).warnings
    assert [warning for warning in warnings if said in warning.message]


def test_each_bad_byte_becomes_one_sign() -> None:
    assert Modelfile.parse(b"FROM a\nSYSTEM \xe4\xbdx").system == "\ufffd\ufffdx"


@pytest.mark.parametrize("quote", ['"', '"""'])
def test_a_closing_quote_that_none_opened_is_a_mistake_and_not_text(quote: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(f"FROM x\nSYSTEM You are Luigi.\nYou jump.{quote}\nPARAMETER temperature 1")

    assert (caught.value.line, caught.value.text.partition(": ")[0]) == (3, "(line 3)")
    assert "closes a text that none opens" in str(caught.value)
    assert Modelfile.parse('FROM x\nSYSTEM Say "yes"\nand "no"').system == 'Say "yes"\nand "no"'
    assert Modelfile.parse('FROM x\nSYSTEM Write it so:\n"""a text"""').system == 'Write it so:\n"""a text"""'
