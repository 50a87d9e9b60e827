"""``%%compare``: the prompts of a cell to several models."""

from __future__ import annotations

from .conftest import Kernel


def test_a_cell_is_asked_of_every_model(kernel: Kernel) -> None:
    kernel.run("%%modelfile warm\nFROM pocket\nPARAMETER temperature 1.2")
    assert kernel.run("%ollama_create warm").status == "ok"
    kernel.run("who, right = 'a cat', lambda answer, prompt: bool(answer)")
    done = kernel.run(
        "%%compare pocket warm -n 2 --seed 3 -o num_predict=8 --score right --out result\nWhat is 2 + 2?\n\nWhat is {{who}}?"
    )
    assert done.status == "ok"
    (shown,) = [output["data"] for output in done.outputs if "data" in output]
    assert "pocket" in shown["text/plain"]
    assert "What is a cat?" in shown["text/html"]
    asked = kernel.run("print(result.prompts, len(result.samples), result.standings()[0].score)")
    assert asked.outputs[0]["text"] == "('What is 2 + 2?', 'What is a cat?') 8 1.0\n"


def test_long_prompts_stand_between_lines(kernel: Kernel) -> None:
    assert kernel.run("%%compare pocket -o num_predict=4 --out result\nOne\nand two\n---\n\nThree").status == "ok"
    assert kernel.run("print(result.prompts)").outputs[0]["text"] == "('One\\nand two', 'Three')\n"


def test_mistakes_are_one_line(kernel: Kernel) -> None:
    for cell in ("%%compare pocket\n\n \n", "%%compare pocket --score nobody\nHi", "%%compare pocket -n 0\nHi", "%%compare nobody\nHi"):
        done = kernel.run(cell)
        assert done.status == "error"
        assert not any("Traceback" in str(output) for output in done.outputs)


def test_a_chat_can_show_what_the_model_reads(kernel: Kernel) -> None:
    done = kernel.run("%%chat pocket --xray -o num_predict=4\nHello there")
    assert done.status == "ok"
    shown = [output["data"] for output in done.outputs if "data" in output]
    assert "tokens of" in shown[0]["text/plain"]
    assert "origin-turn" in shown[0]["text/html"]
    assert kernel.run("%%chat pocket --raw --xray\nHello").status == "error"


def test_show_tells_a_models_anatomy(kernel: Kernel) -> None:
    kernel.run("%%modelfile warm\nFROM pocket\nPARAMETER temperature 1.2")
    assert kernel.run("%ollama_create warm").status == "ok"
    done = kernel.run("%ollama show warm --anatomy")
    assert done.status == "ok"
    assert "where the bytes go" in done.outputs[-1]["data"]["text/plain"]
