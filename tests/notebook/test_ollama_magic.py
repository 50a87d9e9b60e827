"""``%ollama``: each command's value, and how mistakes are answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.error import UsageError

from jupyter_ollama import Ollama
from jupyter_ollama.errors import ModelNotFound, SourceError, Unreachable
from jupyter_ollama.models import Deleted, LoadedList, ModelInfo, ModelList, Pruned

from .conftest import Shell


def test_list_returns_the_models_as_a_value(with_pocket: Shell) -> None:
    with_pocket.run("models = %ollama list")
    models = with_pocket.ip.user_ns["models"]

    assert isinstance(models, ModelList)
    assert {"pocket:latest", "mario:latest", "mario:small"} == {model.name for model in models}
    assert 2 == len(with_pocket.value("%ollama ls MAR"))


def test_show_returns_what_a_model_consists_of(with_pocket: Shell) -> None:
    info = with_pocket.value("%ollama show mario")

    assert isinstance(info, ModelInfo)
    assert {"model", "system", "params", "config"} <= {layer.kind for layer in info.layers}
    assert next(layer for layer in info.layers if layer.kind == "model").shared_with == ("pocket:latest",)


def test_show_prints_one_section_raw(with_pocket: Shell) -> None:
    assert "You are Mario from Super Mario Bros." == with_pocket.value("%ollama show mario --system")
    assert f"{'temperature':<30} 0.2" in with_pocket.value("%ollama show mario --parameters").splitlines()
    assert "\nSYSTEM You are Mario from Super Mario Bros.\n" in with_pocket.value("%ollama show --modelfile mario")
    assert with_pocket.value("%ollama show mario --template")
    assert with_pocket.value("%ollama show pocket --license").startswith("MIT License")
    assert "  Metadata\n" in with_pocket.value("%ollama show -v mario")


def test_a_raw_section_is_displayed_as_text_not_as_a_literal(with_pocket: Shell) -> None:
    printed = with_pocket.run("%ollama show mario --modelfile").stdout

    assert "\nSYSTEM You are Mario" in printed
    assert "\\n" not in printed


def test_two_sections_at_once_are_a_mistake(with_pocket: Shell) -> None:
    error = with_pocket.error("%ollama show mario --system --template")

    assert isinstance(error, UsageError)
    assert str(error).startswith("only one of '--license'")


def test_copy_and_remove(with_pocket: Shell) -> None:
    assert "copied 'mario' to 'luigi'" == with_pocket.value("%ollama cp mario luigi")

    gone = with_pocket.value("%ollama rm luigi")

    assert isinstance(gone, Deleted)
    assert (("luigi:latest",), 0) == (gone.names, gone.freed_bytes)
    assert isinstance(with_pocket.error("%ollama rm luigi"), ModelNotFound)


def test_prune_returns_what_it_freed(with_pocket: Shell) -> None:
    assert Pruned(0, 0) == with_pocket.value("%ollama prune")
    assert "nothing to remove" in with_pocket.run("%ollama prune").stdout


def test_du_and_verify_return_what_they_found(with_pocket: Shell) -> None:
    use, found = with_pocket.value("%ollama du"), with_pocket.value("%ollama verify")
    some = with_pocket.value("%ollama verify pocket")

    assert {"pocket:latest", "mario:latest", "mario:small"} == {one.name for one in use.models}
    assert found.ok
    assert 0 < some.checked_count < found.checked_count
    assert isinstance(with_pocket.error("%ollama verify maroi"), ModelNotFound)


def test_nothing_is_loaded_and_stopping_is_silent(with_pocket: Shell) -> None:
    assert isinstance(with_pocket.value("%ollama ps"), LoadedList)
    assert with_pocket.value("%ollama stop mario") is None


def test_an_unknown_model_is_one_line(with_pocket: Shell) -> None:
    error = with_pocket.error("%ollama show maroi")

    assert isinstance(error, ModelNotFound)
    assert 1 == len(error._render_traceback_())
    assert "Did you mean mario" in str(error)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("lst", "unknown command 'lst'. Did you mean %ollama list?"),
        ("creat", "Use %ollama_create."),
        ("run mario", "Use %%chat"),
        ("show", "the following arguments are required: model"),
        ("show mario --sytem", "unknown option --sytem. Did you mean --system?"),
        ("stop a b", "'b' is one word too many."),
        ('show "mario', "Put a text with blanks or apostrophes in double quotes."),
    ],
)
def test_mistakes_on_the_line_are_answered_with_what_to_write(shell: Shell, line: str, answer: str) -> None:
    error = shell.error(f"%ollama {line}")

    assert isinstance(error, UsageError)
    assert answer in str(error)


def test_help_names_every_command(shell: Shell) -> None:
    for code in ("%ollama", "%ollama help", "%ollama --help"):
        assert "%ollama rm model [model ...]" in shell.value(code)
    assert "--modelfile" in shell.value("%ollama show --help")
    assert " (%ollama_create --imatrix) " in shell.value("%ollama imatrix --help")
    assert "%ollama cp source destination" in shell.ip.find_line_magic("ollama").__doc__


def test_imatrix_writes_a_file_that_create_takes(with_pocket: Shell, tmp_path: Path) -> None:
    (tmp_path / "a text.txt").write_text("Who are you? I am a small model. " * 200)
    made = with_pocket.value(f"%ollama imatrix pocket '{tmp_path}/a text.txt' {tmp_path}/out.gguf")

    assert (42, f"{tmp_path}/out.gguf") == (made.n_matrices, made.path)
    with_pocket.ip.run_cell_magic("modelfile", "weighted", "FROM pocket\n")
    with_pocket.run(f"%ollama_create weighted -q q4_0 --imatrix {tmp_path}/out.gguf")
    assert "a text.txt" == with_pocket.value("%ollama show weighted").metadata["quantize.imatrix.dataset"]
    assert isinstance(with_pocket.error(f"%ollama imatrix pocket {tmp_path}/nothing.txt {tmp_path}/out.gguf"), SourceError)


def test_connect_lets_an_engine_elsewhere_do_the_work_until_it_is_taken_back(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "own"))
    with Ollama(tmp_path / "elsewhere") as elsewhere:
        elsewhere.create("mario", "FROM pocket\nSYSTEM You are Mario.").result(60)
        url = elsewhere.serve(port=0).url
        assert str(shell.value(f"%ollama connect {url}")) == f"the engine at {url} is used; it speaks Ollama's API"
        assert "mario:latest" in [model.name for model in shell.value("%ollama list")]
        shell.run("%%modelfile luigi\nFROM pocket\nSYSTEM You are Luigi.\nPARAMETER temperature 0")
        shell.run("%ollama_create luigi -q q8_0")
        assert elsewhere.show("luigi").details.quantization_level == "Q8_0"
        shell.run("%%chat luigi --out reply\nWho are you?")
        assert "Luigi" in str(shell.ip.user_ns["reply"])
        assert "which has no requantize." in str(shell.error("%ollama_create luigi --requantize"))
        assert "speaks Ollama's API, which has no du." in str(shell.error("%ollama du"))
        assert str(shell.value("%ollama connect --here")) == "the engine of this notebook is used"
        assert "mario:latest" not in [model.name for model in shell.value("%ollama list")]
    assert isinstance(shell.error("%ollama connect 127.0.0.1:1"), Unreachable)
    assert isinstance(shell.error("%ollama connect"), UsageError)
