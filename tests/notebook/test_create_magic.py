"""``%ollama_create`` in a real kernel, on the pocket model."""

from __future__ import annotations

from pathlib import Path

from .conftest import Kernel


def test_a_model_is_made_from_its_cell_with_a_bar_that_ends_as_a_summary(kernel: Kernel) -> None:
    kernel.run("%%modelfile mario\nFROM pocket\nSYSTEM You are Mario.\n")

    result = kernel.run("%ollama_create mario -q q4_K_M")

    assert "ok" == result.status, result.outputs
    (output,) = result.outputs
    assert result.updates
    assert output["data"]["text/plain"].startswith("created mario:latest · ")
    assert "Q4_K_M" in output["data"]["text/plain"]
    assert "<strong>mario:latest</strong>" in output["data"]["text/html"]


def test_the_name_of_the_cell_counts_whatever_its_case_and_tag(kernel: Kernel) -> None:
    kernel.run("%%modelfile Toad:latest\nFROM pocket\n")

    assert "ok" == kernel.run("%ollama_create toad").status


def test_a_file_is_read_where_it_lies(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "Modelfile").write_text("FROM pocket\nSYSTEM You are Peach.\n")

    result = kernel.run(f"%ollama_create peach -f '{tmp_path}/Modelfile'")

    assert "ok" == result.status, result.outputs
    assert "You are Peach." == kernel.run("%ollama show peach --system").data["text/plain"]


def test_a_missing_file_names_itself_and_the_remedy(kernel: Kernel, tmp_path: Path) -> None:
    result = kernel.run(f"%ollama_create peach -f {tmp_path}/nothing")

    assert result.error.startswith(f"SourceError: no Modelfile at {tmp_path}/nothing")
    assert "-f" in result.error


def test_without_a_cell_of_that_name_the_nearest_one_is_named(kernel: Kernel) -> None:
    kernel.run("%%modelfile yoshi\nFROM pocket\n")

    error = kernel.run("%ollama_create yosi").error

    assert error == (
        "ModelfileError: no Modelfile for 'yosi' in this notebook. Did you mean yoshi? "
        "Run a cell that begins with %%modelfile yosi first, or name a file with -f."
    )


def test_an_unknown_type_is_one_line(kernel: Kernel) -> None:
    kernel.run("%%modelfile mario\nFROM pocket\n")

    error = kernel.run("%ollama_create mario -q q4_K_X").error

    assert error.startswith("QuantizationError: unsupported quantization type 'q4_K_X'. Did you mean")
    assert "\n" not in error


def test_single_tensors_can_be_given_types(kernel: Kernel) -> None:
    kernel.run("%%modelfile mario\nFROM pocket\n")

    result = kernel.run(r"%ollama_create mario -q q4_0 --tensor-type attn_v=q8_0 --tensor-type 'blk\.0\.ffn_down=q6_K'")

    assert "ok" == result.status, result.outputs
    wrong = kernel.run("%ollama_create mario -q q4_0 --tensor-type atn_v=q8_0")
    assert "is found in no tensor's name" in wrong.error
    assert "attn_v" in wrong.error
    assert "write PATTERN=TYPE" in kernel.run("%ollama_create mario -q q4_0 --tensor-type attn_v").text


def test_what_is_quantized_is_quantized_again_only_when_that_is_said(kernel: Kernel) -> None:
    kernel.run("%%modelfile small\nFROM pocket\n")
    kernel.run("%ollama_create small -q q8_0")
    kernel.run("%%modelfile smaller\nFROM small\n")

    assert "--requantize" in kernel.run("%ollama_create smaller -q q4_0").error
    assert "Q4_0" in kernel.run("%ollama_create smaller -q q4_0 --requantize").data["text/plain"]


def test_a_draft_model_can_be_quantized(kernel: Kernel) -> None:
    kernel.run("%%modelfile large\nFROM pocket\n")
    kernel.run("%ollama_create large -q q8_0")
    kernel.run("%%modelfile fast\nFROM large\nDRAFT pocket\n")
    result = kernel.run("%ollama_create fast --draft-quantize q4_0")

    assert "ok" == result.status, result.outputs
    assert "llama 5.25M Q4_0" in kernel.run("%ollama show fast").data["text/plain"]


def test_what_cannot_be_built_leaves_the_store_as_it_was(kernel: Kernel, tmp_path: Path) -> None:
    before = kernel.run("%ollama list").data["text/html"].count("<tr>")
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(20))
    kernel.run(f"%%modelfile broken\nFROM {tmp_path}/broken.gguf\n")

    error = kernel.run("%ollama_create broken").error

    assert error.startswith("GGUFError: ")
    assert "\n" not in error
    assert before == kernel.run("%ollama list").data["text/html"].count("<tr>")


def test_stopping_a_create_leaves_the_store_as_it_was(kernel: Kernel) -> None:
    kernel.run("%%modelfile slow\nFROM pocket\n")

    result = kernel.run("%ollama_create slow -q q2_K", stop_when=lambda result: bool(result.outputs))

    assert ("error", "KeyboardInterrupt") == (result.status, result.error)
    assert result.data["text/plain"].startswith("interrupted: ")
    assert kernel.run("%ollama show slow").error.startswith("ModelNotFound: ")
