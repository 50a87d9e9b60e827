"""Ollama's grammar, row by row. In the tables a dot `·` is a blank, `⇥` a tab, `⏎` a newline."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama.errors import ModelfileError
from jupyter_ollama.modelfile import Modelfile
from jupyter_ollama.modelfile.encoding import clean
from jupyter_ollama.modelfile.lexer import Lexer

COMMAND = (
    'command must be one of "from", "license", "template", "system", "adapter", "draft", "renderer", "parser", "parameter", '
    '"message", or "requires"'
)
ROLE = 'message role must be one of "system", "user", or "assistant"'


def typed(text: str) -> str:
    return text.replace("·", " ").replace("⇥", "\t").replace("⏎", "\n")


def read(text: str) -> list[tuple[str, str]]:
    """The commands as the lexer sees them, before their values are looked at."""
    return [(lexed.command.name, lexed.command.args) for lexed in Lexer(clean(text)).run()]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("FROM a # c", [("model", "a # c")]),
        ("FROM·····FOOO BAR····", [("model", "FOOO BAR")]),
        ('FROM "     model 1"', [("model", "     model 1")]),
        ("from A⏎fRoM b", [("model", "A"), ("model", "b")]),
        ("⏎··⇥FROM a", [("model", "a")]),
        ("FROM⇥a", [("model", "a")]),
        ("# x⏎FROM a⏎ # y", [("model", "a")]),
        ("FROM·", [("model", "")]),
        ("FROM a⏎PARAMETER num_ctx 4096", [("model", "a"), ("num_ctx", "4096")]),
    ],
)
def test_whole_file(text: str, commands: list[tuple[str, str]]) -> None:
    assert read(typed(text)) == commands


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("PARAMETER··num_ctx 5", "", "num_ctx 5"),
        (r'PARAMETER stop "a\nb"', "stop", r"a\nb"),
        ("PARAMETER stop <|end|>", "stop", "<|end|>"),
        ('SYSTEM hello "x" there', "system", 'hello "x" there'),
        ('SYSTEM "abc"', "system", "abc"),
        ('SYSTEM "··"', "system", "  "),
        ("SYSTEM 'x y'", "system", "'x y'"),
        ('SYSTEM "a"b"', "system", 'a"b'),
        ('SYSTEM "one⏎two"', "system", "one\ntwo"),
        ('SYSTEM """⏎A⏎"""', "system", "\nA\n"),
        ('SYSTEM """"quoted""""', "system", '"quoted"'),
        ('SYSTEM """x""" tail⏎END """', "system", 'x""" tail\nEND '),
        ('SYSTEM "abc" def⏎PARAMETER stop "x"', "system", 'abc" def\nPARAMETER stop "x'),
        ("SYSTEM·⏎", "system", ""),
        ("MESSAGE user hi", "message", "user: hi"),
        ("MESSAGE user a: b", "message", "user: a: b"),
        ("MESSAGE user·⏎", "message", "user: "),
        ('MESSAGE system """⏎a⏎b⏎"""', "message", "system: \na\nb\n"),
        ('SYSTEM """"""', "system", ""),
        ('SYSTEM """""""', "system", '"'),
        ('SYSTEM "a"  ⇥⏎', "system", "a"),
        ("SYSTEM a⇥b", "system", "a\tb"),
    ],
)
def test_second_command(text: str, name: str, args: str) -> None:
    assert read("FROM a\n" + typed(text)) == [("model", "a"), (name, args)]


@pytest.mark.parametrize(
    ("text", "ollama"),
    [
        ("FROM", "unexpected EOF"),
        ("FROM⏎", f"(line 2): {COMMAND}"),
        ("FROM:a", f"(line 1): {COMMAND}"),
        ("1FROM b", f"(line 1): {COMMAND}"),
        ("F RO M a", f"(line 1): {COMMAND}"),
        ("FROM a⏎BAD x", f"(line 2): {COMMAND}"),
        ("FROM a\r⏎BAD x", f"(line 3): {COMMAND}"),
        ("FROM a⏎PARAMETER num-ctx 5", "unexpected EOF: num"),
        ("FROM a⏎PARAMETER num_ctx⏎", "unexpected EOF: num_ctx"),
        ("FROM a⏎PARAMETER num_ctx", "unexpected EOF"),
        ("FROM a⏎PARAMETER", "unexpected EOF"),
        ('FROM a⏎SYSTEM """open', "unexpected EOF"),
        ('FROM a⏎SYSTEM """open""', "unexpected EOF"),
        ('FROM a⏎SYSTEM "', "unexpected EOF"),
        ('FROM a⏎SYSTEM """"', "unexpected EOF"),
        ("FROM a⏎LICENSE⏎", f"(line 3): {COMMAND}"),
        ("FROM a⏎MESSAGE user⏎", "unexpected EOF: user"),
        ("FROM a⏎MESSAGE user", "unexpected EOF"),
        ("FROM a⏎MESSAGE··user hi", f"(line 2): {ROLE}"),
        ("FROM a⏎MESSAGE User hi", f"(line 2): {ROLE}"),
        ("FROM a⏎MESSAGE tool hi", f"(line 2): {ROLE}"),
        ("FROM a⏎MESSAGE⏎", f"(line 3): {COMMAND}"),
        ("", "no FROM line"),
        ("# nothing", "no FROM line"),
        ("PARAMETER from a", "no FROM line"),
    ],
)
def test_refused_in_the_words_of_ollama(text: str, ollama: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        read(typed(text))
    assert caught.value.text == ollama


def test_an_unquoted_second_line_is_text_not_an_error() -> None:
    """Row 26 of the grammar, and the main difference: Ollama reads `second` as a keyword and stops."""
    assert read("FROM a\nSYSTEM first\nsecond line") == [("model", "a"), ("system", "first\nsecond line")]


def test_invisible_characters_other_than_controls_survive() -> None:
    """Row 41, and a difference: Ollama also drops the joiner, the no-break space and the full-width space."""
    assert read("FROM a\nSYSTEM a\tb\u200dc\u00a0d\u3000e\x07\x00\x85f")[1][1] == "a\tb\u200dc\u00a0d\u3000ef"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_choose_the_encoding(encoding: str) -> None:
    modelfile = Modelfile.parse('FROM bob\nSYSTEM "是\n🦙"\n'.encode(encoding))
    assert [command.args for command in modelfile.commands] == ["bob", "是\n🦙"]


def test_a_parameter_called_like_an_instruction_is_that_instruction() -> None:
    modelfile = Modelfile.parse("PARAMETER model a\nPARAMETER system hello")
    assert (modelfile.base, modelfile.system) == ("a", "hello")


words = st.sampled_from(
    ["FROM a", "from b\n", "SYSTEM", "LICENSE", "TEMPLATE ", "MESSAGE user", "PARAMETER stop", "PARAMETER", "#", '"', '"""', '""', " ",
     "\t", "\n", "\r\n", "\r", "x", "hi", "ADAPTER ./a", "\nFROM m\n", "\nSYSTEM s\n", "é", "🦙", ":", "1"]
)  # fmt: skip
texts = st.lists(words, max_size=14).map("".join)


@given(text=texts)
@settings(max_examples=400, deadline=None)
def test_what_ollama_accepts_is_read_as_ollama_reads_it(state_machine: Callable[[str], object], text: str) -> None:
    expected = state_machine(text)
    if expected is not None:
        assert read(text) == expected


@given(text=st.text(max_size=200) | texts)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        Modelfile.parse(text)
    except ModelfileError as error:
        assert error.line >= 1
        assert error.column >= 1
        assert error.text
        assert isinstance(error.source_line, str)


@given(data=st.binary(max_size=200) | texts.map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        Modelfile.parse(b"FROM a\nSYSTEM " + data)
        Modelfile.parse(data)
    except ModelfileError as error:
        assert error.line >= 1


SIZE = 1 << 17
SECONDS = 2  # a fifth of one is usual; whatever grew with the square of the size would take minutes


def take(text: str) -> float:
    start = time.process_time()
    with contextlib.suppress(ModelfileError):
        Modelfile.parse(text)
    return time.process_time() - start


@pytest.mark.parametrize(
    "piece",
    ["\n", '"', '""" ', '"\n', '"""\n', "#\n", "FROM \n", "x\n", "from /.\n", "form ////////.\n", "\t", "SYSTEM a\n", "SYSTEM\n",
     "SYSTEM a\nx\n", "SYSTM", "a", "\u200b", "\r", "é", "PARAMETER stop \n", "requires 1.1.1 x\n", "LICENSE a\n#\n\n", "\x00"],
)  # fmt: skip
@pytest.mark.parametrize("head", ["FROM a\n", "FROM a\nSYSTEM a", 'FROM a\nSYSTEM """a'], ids=["plain", "text", "quoted"])
def test_the_time_grows_with_the_size_only(head: str, piece: str) -> None:
    assert take(head + piece * (SIZE // len(piece))) < SECONDS


@pytest.mark.parametrize("piece", ["/", "1.", "x ", "A", ".", '"', '"""', "from ", " #", "\\", "~"])
@pytest.mark.parametrize("word", ["from", "form", "parameter", "message", "requires", "parametr", "FORM"])
def test_the_time_grows_with_the_length_of_a_line_only(word: str, piece: str) -> None:
    assert take(f"FROM a\nSYSTEM b\n{word} " + piece * (SIZE // len(piece))) < SECONDS
