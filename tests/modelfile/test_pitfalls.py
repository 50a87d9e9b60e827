"""The edge cases that a second implementation of Modelfiles most likely gets wrong, one test each."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.errors import ModelfileError, SourceError
from jupyter_ollama.messages import Message
from jupyter_ollama.modelfile import Modelfile
from jupyter_ollama.sources import check_draft, expand, locate, pick_files

SAFETENSORS = (2).to_bytes(8, "little") + b"{}"


def ollama_says(text: str) -> str:
    with pytest.raises(ModelfileError) as caught:
        Modelfile.parse(text)
    return str(caught.value.text)


@pytest.mark.parametrize("end", ['""', '"', "", '""\n'])
def test_01_a_triple_quote_that_is_not_closed_is_never_accepted(end: str) -> None:
    assert ollama_says(f'FROM foo\nSYSTEM """text{end}') == "unexpected EOF"


def test_02_blanks_stay_inside_quotes_and_go_outside() -> None:
    assert Modelfile.parse('FROM "     model 1"').base == "     model 1"
    assert Modelfile.parse("FROM     FOOO BAR    ").base == "FOOO BAR"


def test_03_a_parameter_without_a_value() -> None:
    assert ollama_says("FROM foo\nPARAMETER param1\n") == "unexpected EOF: param1"


def test_04_a_bad_command_lists_all_eleven() -> None:
    assert ollama_says("\nFROM foo\nBADCOMMAND param1 value1\n") == (
        '(line 3): command must be one of "from", "license", "template", "system", "adapter", "draft", "renderer", "parser", '
        '"parameter", "message", or "requires"'
    )


def test_05_a_bad_role_and_a_role_without_text() -> None:
    text = "FROM foo\nMESSAGE badguy I'm a bad guy!\n"
    assert ollama_says(text) == '(line 2): message role must be one of "system", "user", or "assistant"'
    assert ollama_says("FROM foo\nMESSAGE system") == "unexpected EOF"
    assert ollama_says("FROM foo\nMESSAGE system\n") == "unexpected EOF: system"


def test_06_newlines_next_to_the_quotes_belong_to_a_message() -> None:
    modelfile = Modelfile.parse('FROM foo\nMESSAGE assistant """\nI am\nhere.\n"""\n')
    assert modelfile.messages == (Message("assistant", "\nI am\nhere.\n"),)


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_07_utf_16_with_a_byte_order_mark(mark: bytes, encoding: str) -> None:
    text = "FROM bob\nPARAMETER stop 你\nSYSTEM 🦙\n"
    assert Modelfile.parse(mark + text.encode(encoding)) == Modelfile.parse(text)


def test_08_characters_of_all_scripts_survive() -> None:
    """A difference on purpose: Ollama drops the joiners, no-break and full-width spaces that we keep."""
    text = "👨\u200d👩\u200d👧 是\u3000龍\u00a0é"
    assert Modelfile.parse(f"FROM a\nSYSTEM {text}").system == text


@pytest.mark.parametrize(
    "text",
    [
        "FROM foo\nADAPTER adapter1\nLICENSE MIT\nPARAMETER stop x",
        'FROM foo\nLICENSE """\nMIT "License"\n"""\nSYSTEM """\n"Hi"\nthere\n"""',
        'FROM foo\nPARAMETER stop "  "\nTEMPLATE "\n"\nMESSAGE user """He said "hi"\nand left"""',
        "FROM /with blank/model\nSYSTEM",
    ],
)
def test_09_printed_and_parsed_again_it_is_the_same(text: str) -> None:
    modelfile = Modelfile.parse(text + " ")
    assert str(modelfile).startswith(f"FROM {modelfile.base}\n")
    assert Modelfile.parse(str(modelfile)) == modelfile


@pytest.mark.parametrize("is_folder", [True, False])
def test_10_draft_and_from_are_two_models(tmp_path: Path, is_folder: bool) -> None:
    (tmp_path / "x").mkdir() if is_folder else (tmp_path / "x").write_bytes(b"GGUF")
    (tmp_path / "link").symlink_to("x")
    for text in ("FROM ./x\nDRAFT ./x", "DRAFT ./x\nFROM ./x", "FROM ./link\nDRAFT ./x", "FROM m\nFROM x\nDRAFT link"):
        modelfile = Modelfile.parse(text)
        with pytest.raises(SourceError) as caught:
            check_draft(modelfile.sources, modelfile.drafts, tmp_path)
        assert caught.value.text.startswith("DRAFT must not reference the same local path as FROM: ")
    check_draft(["m"], ["x"], tmp_path)


def test_11_the_group_of_model_files_wins(tmp_path: Path) -> None:
    weights = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    for name in [*weights, "consolidated.safetensors", "model.gguf"]:
        (tmp_path / name).write_bytes(SAFETENSORS)
    for name in ["config.json", "tokenizer.json"]:
        (tmp_path / name).write_text("{}")
    (tmp_path / "tokenizer.model").write_bytes(b"\n\x0e\x00")
    files = pick_files(tmp_path)
    assert [path.name for path in files.weights] == weights
    assert [path.name for path in files.extras] == ["config.json", "tokenizer.json", "tokenizer.model"]


def test_12_a_checkpoint_that_is_none_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_text("not a checkpoint")
    with pytest.raises(SourceError, match="no Modelfile or safetensors files found") as caught:
        pick_files(tmp_path)
    assert caught.value.text == "no Modelfile or safetensors files found"
    (tmp_path / "ggml-model.bin").write_bytes(b"GGUF\x03\0\0\0")
    assert [path.name for path in pick_files(tmp_path).weights] == ["ggml-model.bin"]


def test_13_an_unknown_user_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="failed to find user 'no-such-user-here'"):
        expand("~no-such-user-here/x", tmp_path)


def test_14_a_path_that_is_not_there_is_the_name_of_a_model(tmp_path: Path) -> None:
    assert locate("./x", tmp_path) is None
    assert Modelfile.parse("FROM ./x").base == "./x"


def test_15_stop_collects_and_the_last_temperature_counts() -> None:
    modelfile = Modelfile.parse("FROM a\nPARAMETER stop a\nPARAMETER stop b\nPARAMETER temperature 1\nPARAMETER temperature 0.5")
    assert modelfile.parameters == {"stop": ["a", "b"], "temperature": 0.5}
