"""The Modelfile as a value: its typed views, building one, printing one."""

from __future__ import annotations

import doctest
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jupyter_ollama.errors import ModelfileError, OptionError
from jupyter_ollama.messages import Message
from jupyter_ollama.modelfile import Command, Modelfile, document

GOLDEN = Path(__file__).parents[1] / "golden" / "modelfile"


@pytest.fixture(scope="module")
def everything() -> Modelfile:
    return Modelfile.parse((GOLDEN / "everything.modelfile").read_bytes())


def test_every_instruction_has_a_view(everything: Modelfile) -> None:
    assert everything.sources == ("llama3.2", "./projector.gguf")
    assert everything.base == "./projector.gguf"
    assert everything.adapters == ("./lora",)
    assert everything.adapter == "./lora"
    assert everything.drafts == ("~/draft.gguf",)
    assert everything.template == "{{ .System }}\n{{ .Prompt }}"
    assert everything.system == 'You are "Mario".'
    assert everything.licenses == ("MIT", "\nSecond licence\n")
    assert (everything.renderer, everything.parser, everything.requires) == ("qwen3-coder", "qwen3", "0.14.0")
    assert everything.quantize == "q4_K_M"
    assert everything.messages == (Message("user", "Who are you?"), Message("assistant", "It's-a me:\nMario!"))


def test_parameters_have_their_types(everything: Modelfile) -> None:
    assert everything.parameters == {
        "temperature": 0.7, "top_k": 20, "use_mmap": True, "stop": ["<|im_end|>", " AI:"], "num_predict": 256, "mirostat": 2,
    }  # fmt: skip


def test_warnings_say_what_has_no_effect(everything: Modelfile) -> None:
    assert [str(warning) for warning in everything.warnings] == [
        "Line 12, column 1: parameter temperature is given 2 times; this last one counts.",
        "Line 18, column 1: parameter mirostat is deprecated: it works here, Ollama ignores it.",
        "Line 19, column 1: parameter low_vram is deprecated and has no effect.",
    ]


def test_it_prints_as_it_always_did(everything: Modelfile) -> None:
    assert str(everything) == (GOLDEN / "everything.printed").read_text()


def test_what_is_absent_is_none_or_empty() -> None:
    modelfile = Modelfile.parse("FROM a")
    assert modelfile.template is modelfile.system is modelfile.renderer is modelfile.parser is modelfile.requires is None
    assert modelfile.quantize is None
    assert modelfile.parameters == {}
    assert modelfile.messages == modelfile.licenses == modelfile.adapters == modelfile.drafts == modelfile.warnings == ()


def test_its_repr_is_one_line(everything: Modelfile) -> None:
    assert repr(everything) == "<Modelfile from 'llama3.2', './projector.gguf', 23 commands>"


def test_the_examples_of_the_docstrings_run() -> None:
    assert doctest.testmod(document).failed == 0


def test_commands_know_their_place() -> None:
    first, second = Modelfile.parse("\r\n  FROM a\r\n\r\n\tSYSTEM b").commands
    assert (first.line, first.column, second.line, second.column) == (2, 3, 4, 2)


def test_equality_is_about_commands_only() -> None:
    one, other = Modelfile.parse("FROM a\nSYSTEM b"), Modelfile.parse('\nfrom a\n# c\nsystem "b"\n', path="Modelfile")
    assert one == other
    assert hash(one) == hash(other)
    assert one != Modelfile.parse("FROM a\nSYSTEM c")
    assert other.path == Path("Modelfile")


def test_it_survives_pickling(everything: Modelfile) -> None:
    again = pickle.loads(pickle.dumps(everything))
    assert again == everything
    assert again.warnings == everything.warnings


def test_aliases_and_quantize_keys() -> None:
    modelfile = Modelfile.parse("FROM a\nPARAMETER max_tokens 5\nPARAMETER quantize q8_0\nPARAMETER quantization q4_0")
    assert modelfile.parameters == {"num_predict": 5}
    assert modelfile.quantize == "q4_0"


@pytest.mark.parametrize(
    ("text", "stored"),
    [("0.14.0", "0.14.0"), ("v0.14.0", "0.14.0"), ("1", "1"), ("0.14", "0.14"), ("0.14.0-rc1+b.2", "0.14.0-rc1+b.2")],
)
def test_requires_takes_semantic_versions(text: str, stored: str) -> None:
    assert Modelfile.parse(f"FROM a\nREQUIRES {text}").requires == stored


@pytest.mark.parametrize("text", ["x", "", "1.2.3.4", "01.2.3", "1.2-rc1", "vv1", "1.2.3-01", "0.14.0 ", "1.2.3-", "1." * 200])
def test_requires_refuses_other_versions(text: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(f'FROM a\nREQUIRES "{text}"')
    assert caught.value.text == "requires must be a valid semver (e.g. 0.14.0)"
    assert (caught.value.line, caught.value.column) == (2, 10)


def test_build_from_python_values() -> None:
    modelfile = Modelfile.build(
        ["llama3.2", Path("projector.gguf")],
        adapter=Path("lora"),
        system="You are Mario.\nBe short.",
        requires="v0.14.0",
        parameters={"temperature": 1, "stop": ["a", "b "], "use_mmap": False, "max_tokens": 5, "seed": None, "min_p": 1e-7},
        quantize="q4_0",
        license="MIT",
        messages=[{"role": "user", "content": "hi"}, Message("assistant", "hello")],
    )
    assert str(modelfile) == (
        "FROM llama3.2\nFROM projector.gguf\nADAPTER lora\n"
        'SYSTEM "You are Mario.\nBe short."\nREQUIRES v0.14.0\nPARAMETER temperature 1\nPARAMETER stop a\nPARAMETER stop "b "\n'
        "PARAMETER use_mmap false\nPARAMETER num_predict 5\nPARAMETER min_p 1e-07\nPARAMETER quantize q4_0\nLICENSE MIT\n"
        "MESSAGE user hi\nMESSAGE assistant hello\n"
    )
    assert Modelfile.parse(str(modelfile)) == modelfile
    assert modelfile.parameters["min_p"] == 1e-7


def test_build_checks_its_values() -> None:
    with pytest.raises(OptionError) as caught:
        Modelfile.build("a", parameters={"temprature": 1})
    assert caught.value.near[0] == "temperature"
    with pytest.raises(OptionError):
        Modelfile.build("a", parameters={"num_ctx": "many"})
    with pytest.raises(ModelfileError):
        Modelfile.build("a", requires="soon")
    with pytest.raises(ValueError, match="tool"):
        Modelfile.build("a", messages=[Message("tool", "x")])


@pytest.mark.parametrize(
    ("args", "printed"),
    [
        ("plain 'text' with \"quotes\"", "SYSTEM plain 'text' with \"quotes\""),
        ("two\nlines", 'SYSTEM "two\nlines"'),
        ('two\n"lines"', 'SYSTEM """two\n"lines""""'),
        (" blank", 'SYSTEM " blank"'),
        ("", "SYSTEM "),
        ('"begins', 'SYSTEM """"begins"""'),
        ("tab\t", 'SYSTEM "tab\t"'),
        ("\u3000wide", 'SYSTEM "\u3000wide"'),
        ('a"""\nb', 'SYSTEM """a"""\nb"""'),
    ],
)
def test_quotes_are_written_only_where_they_are_needed(args: str, printed: str) -> None:
    """All but the last one read back; a text of several lines with triple quotes at the end of one cannot be written."""
    modelfile = Modelfile((Command("system", args),))
    assert str(modelfile) == printed + "\n"


any_text = st.text(max_size=60) | st.text(alphabet='a "\n\r\t\u3000#', max_size=20)


def is_writable(text: str) -> bool:
    """No line but the last ends with a quote."""
    return not re.search(r'"[^\S\r\n]*[\r\n]', text)


@given(system=any_text, stop=any_text, license=any_text, message=any_text, name=any_text)
def test_what_is_built_reads_back_from_its_text(system: str, stop: str, license: str, message: str, name: str) -> None:  # noqa: A002
    assume(all(map(is_writable, (system, stop, license, message, name))))
    modelfile = Modelfile.build(name, system=system, parameters={"stop": stop}, license=license, messages=message)
    assert Modelfile.parse(str(modelfile)) == modelfile


words = st.sampled_from(
    ["SYSTEM", "LICENSE ", "TEMPLATE ", "MESSAGE user ", "PARAMETER stop ", "ADAPTER ", '"', " ", "\n", "x", "Hi ", "#"]
)


@given(text=st.lists(words, max_size=12).map("".join))
def test_what_is_read_reads_back_from_its_text(text: str) -> None:
    try:
        modelfile = Modelfile.parse("FROM a\n" + text)
    except ModelfileError:
        return
    assume(all(is_writable(command.args) for command in modelfile.commands))
    assert Modelfile.parse(str(modelfile)) == modelfile
