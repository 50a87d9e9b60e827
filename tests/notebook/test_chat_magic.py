"""``%%chat`` in a real kernel, as JupyterLab talks to it, on the pocket model."""

from __future__ import annotations

import pytest

from jupyter_ollama.notebook.answer import INTERVAL_S

from .conftest import Kernel, Result

ENDLESS = "-o temperature=1000 -o top_k=0 -o top_p=1 -o seed=46"
"""So hot that every token is as likely as any other, and the end is one of two thousand: with this seed it never comes."""


@pytest.fixture(scope="module", autouse=True)
def mario(kernel: Kernel) -> None:
    """A model named mario. A test that looks at the conversation begins one."""
    kernel.run("%%modelfile mario\nFROM pocket\nSYSTEM You are Mario from Super Mario Bros.\nPARAMETER temperature 0\nPARAMETER num_thread 1\n")
    created = kernel.run("%ollama_create mario")
    assert "ok" == created.status, created.outputs


def prompt(kernel: Kernel) -> str:
    """What the model was given for the last reply that went to ``reply``."""
    return kernel.run("print(reply.prompt)").text


def begun(result: Result) -> bool:
    return any("text/markdown" in output.get("data", {}) for output in result.outputs)


def test_an_answer_is_one_markdown_output_with_its_provenance_and_a_quiet_line(kernel: Kernel) -> None:
    result = kernel.run("%%chat mario --new -o seed=7\nWho are you?")

    answer, line = result.outputs
    assert {"text/plain", "text/markdown"} == set(answer["data"])
    assert "Mario" in answer["data"]["text/markdown"]
    assert answer["data"]["text/plain"] == answer["data"]["text/markdown"]
    told = answer["metadata"]["jupyter_ollama"]
    assert ("mario:latest", 7, "stop") == (told["model"], told["seed"], told["done_reason"])
    assert told["digest"].startswith("sha256:")
    assert 0 == told["options"]["temperature"]
    assert 0 < told["statistics"]["eval_count"]
    assert line["data"]["text/plain"].startswith("mario:latest · ")
    assert line["data"]["text/plain"].endswith("seed 7")


def test_think_asks_the_model_to_think_or_not_to(kernel: Kernel) -> None:
    template = "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ end }}[{{ .Think }}{{ .ThinkLevel }}]"
    kernel.run(f"%%modelfile thinker\nFROM pocket\nTEMPLATE {template}\nPARAMETER num_predict 1\n")
    kernel.run("%ollama_create thinker")
    for option, told in (("", "[truemedium]"), ("--think", "[truemedium]"), ("--think no", "[false]"), ("--think high", "[truehigh]")):
        kernel.run(f"%%chat thinker --new --out reply {option}\nHi")
        assert told == prompt(kernel).strip()

    assert "think cannot be 'hard'. It is True, False, or one of low" in kernel.run("%%chat thinker --think hard\nHi").error
    assert "mario:latest does not support thinking" in kernel.run("%%chat mario --think\nHi").error


def test_out_keeps_the_reply_in_a_variable(kernel: Kernel) -> None:
    shown = kernel.run("%%chat mario --new --out reply\nWho are you?").data["text/markdown"]

    assert f"{shown}\nmario:latest stop\n" == kernel.run("print(reply)\nprint(reply.model, reply.done_reason)").text


def test_cells_make_a_conversation_and_running_one_again_goes_back_to_it(kernel: Kernel) -> None:
    kernel.run("%%chat mario --new\nMy name is Ada.", cell="a")
    kernel.run("%%chat mario\nWhat is 2 + 3?", cell="b")
    kernel.run("%%chat mario --out reply\nWhat is my name?", cell="c")
    whole = prompt(kernel)
    assert whole.index("My name is Ada.") < whole.index("2 + 3") < whole.index("What is my name?")

    kernel.run("%%chat mario --out reply\nWhat is 4 + 4?", cell="b")
    again = prompt(kernel)
    assert "My name is Ada." in again
    assert "2 + 3" not in again
    assert "What is my name?" not in again


def test_a_conversation_that_outgrows_the_context_quietly_says_what_is_left_out(kernel: Kernel) -> None:
    options = "-o num_ctx=128 -o num_predict=12"
    first = kernel.run(f"%%chat mario --new {options}\nMy name is Ada.")
    for _ in range(4):
        last = kernel.run(f"%%chat mario {options} --out reply\nWhat is two and three, and what is four and four?")

    assert "left out" not in first.outputs[-1]["data"]["text/plain"]
    assert last.outputs[-1]["data"]["text/plain"].endswith(f" · {last.outputs[0]['metadata']['jupyter_ollama']['left_out']} earlier messages left out")
    assert "You are Mario" in prompt(kernel)
    assert "Ada" not in prompt(kernel)


def test_a_deleted_cell_is_forgotten_whatever_runs_next(kernel: Kernel) -> None:
    kernel.run("%%chat mario --new\nMy name is Ada.", cell="a")
    kernel.run("%%chat mario\nWhat is 2 + 3?", cell="b")
    kernel.run("1 + 1", cell="x", deleted=("b",))
    kernel.run("%%chat mario --out reply\nWhat is my name?", cell="c")

    assert "My name is Ada." in prompt(kernel)
    assert "2 + 3" not in prompt(kernel)


def test_without_cell_ids_every_question_goes_on(kernel: Kernel) -> None:
    kernel.run("%%chat mario --new\nMy name is Ada.")
    kernel.run("%%chat mario --out reply\nWhat is my name?")

    assert "My name is Ada." in prompt(kernel)


def test_new_begins_anew(kernel: Kernel) -> None:
    kernel.run("%%chat mario\nMy name is Ada.")
    kernel.run("%%chat mario --new --out reply\nWhat is my name?")

    assert "Ada" not in prompt(kernel)


def test_raw_completes_the_text_as_it_is(kernel: Kernel) -> None:
    kernel.run("%%chat mario\nMy name is Ada.")
    kernel.run("%%chat mario --raw -o num_predict=5 --out reply\n  Once upon a time ")

    assert "  Once upon a time \n" == prompt(kernel)


def test_variables_are_inserted_into_the_system_text_and_options(kernel: Kernel) -> None:
    kernel.run("persona, ends, heat = 'You are\\nMario.', '\\n\\n', 0.5")
    kernel.run("%%chat mario --new --system {{persona}} -o stop={{ends}} -o temperature={{heat}} --out reply\nWho are you?")

    assert "You are\nMario." in prompt(kernel)
    assert "['\\n\\n'] 0.5" == kernel.run("print(reply.options['stop'], reply.options['temperature'])").text.strip()


def test_variables_are_inserted_once_and_other_braces_stay(kernel: Kernel) -> None:
    kernel.run("name, n = 'Ada {{n}}', 3")
    kernel.run("%%chat mario --new --out reply\nI am {{name}}, {{unknown}}, {n}, {{ .Prompt }}.")

    assert "I am Ada {{n}}, {{unknown}}, {n}, {{ .Prompt }}." in prompt(kernel)


def test_system_and_options_are_for_one_cell(kernel: Kernel) -> None:
    result = kernel.run("%%chat mario --new --system 'You are Luigi.' -o num_predict=1 -o stop=x -o 'stop=y z' --out reply\nHi")
    assert "You are Luigi." in prompt(kernel)
    assert {"num_predict": 1, "stop": ["x", "y z"]}.items() <= result.metadata["jupyter_ollama"]["options"].items()
    assert "stopped at its length limit" in result.outputs[1]["data"]["text/plain"]

    kernel.run("%%chat mario --out reply\nHi")
    assert "You are Mario from Super Mario Bros." in prompt(kernel)


def test_snapshot_keeps_what_was_evaluated_on_the_disk(kernel: Kernel) -> None:
    kernel.run("%ollama prune --snapshots")
    for line in ("mario --new", "mario --snapshot", "pocket --raw --snapshot"):
        assert "ok" == kernel.run(f"%%chat {line} -o num_predict=4\nTell me a story.").status
    kernel.run("use = %ollama du")
    assert "2\n" == kernel.run("print(use.snapshots.count)").text
    kernel.run("pruned = %ollama prune --snapshots")
    assert "True\n" == kernel.run("print(pruned.files >= 2 and pruned.freed_bytes >= use.snapshots.size_bytes)").text


def test_max_tokens_is_num_predict(kernel: Kernel) -> None:
    result = kernel.run("%%chat mario -o max_tokens=2\nTell me a story.")

    assert 2 == result.metadata["jupyter_ollama"]["statistics"]["eval_count"]


def test_stopping_keeps_the_partial_answer_marks_it_and_stops_run_all(kernel: Kernel) -> None:
    kernel.run("%%chat mario --new\nHi!", cell="r")
    result = kernel.run(f"%%chat mario {ENDLESS} --out reply\nTell me a story.", cell="s", stop_when=begun)

    answer, line, error = result.outputs
    assert answer["data"]["text/markdown"]
    assert "cancelled" == answer["metadata"]["jupyter_ollama"]["done_reason"]
    assert line["data"]["text/plain"].startswith("interrupted · ")
    assert ("error", "KeyboardInterrupt") == (result.status, error["ename"])
    assert "KeyboardInterrupt" == result.error
    assert answer["data"]["text/markdown"] in kernel.run("print(reply)").text + "\n"

    kernel.run("%%chat mario --out reply\nAnd then?", cell="t")
    # system, two turns, the question: also where the answer was already so long that the oldest had to go
    assert 6 == int(kernel.run("print(reply.prompt.count('<|im_end|>') + reply.left_out)").text)
    kernel.run("%%chat mario --out reply\nWho are you?", cell="s")
    assert "Hi!" in prompt(kernel)
    assert "Tell me a story." not in prompt(kernel)


def test_a_long_answer_is_redrawn_in_place_and_not_for_every_token(kernel: Kernel) -> None:
    result = kernel.run(f"%%chat mario --new {ENDLESS} -o num_predict=300\nTell me a story.")

    cost = result.metadata["jupyter_ollama"]["statistics"]
    assert 2 == len(result.outputs)
    assert 100 < cost["eval_count"]
    assert 1 <= result.updates <= 3 + cost["total_duration"] / 1e9 / INTERVAL_S


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("%%chat nobody\nHi", "ModelNotFound: no model 'nobody'"),
        ("%%chat a//b\nHi", "InvalidName: invalid model name 'a//b'."),
        ("%%chat mario -o temprature=1\nHi", "OptionError: unknown parameter 'temprature'. Did you mean temperature?"),
        ("%%chat mario -o temperature=hot\nHi", "OptionError: temperature needs a number, not 'hot'."),
        ("%%chat mario --raw --system x\nHi", "OptionError: raw takes the prompt as it is"),
    ],
)
def test_a_mistake_is_one_line_that_notebooks_keep(kernel: Kernel, cell: str, answer: str) -> None:
    result = kernel.run(cell)

    assert "error" == result.status
    assert result.error.startswith(answer)
    assert "\n" not in result.error
    assert result.reply["evalue"] in result.error


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("%%chat mario\n  \n", "UsageError: there is no message. The message stands below the %%chat line."),
        ("%%chat mario Who are you?\nHi", "UsageError: 'Who' is one word too many. The message stands below the %%chat line."),
        ("%%chat mario -o hot\nHi", "UsageError: -o takes NAME=VALUE, for example -o temperature=0.2, not 'hot'."),
        ("%%chat mario --out 3x\nHi", "UsageError: --out takes the name of a variable, not '3x'."),
        ("%%chat\nHi", "UsageError: the following arguments are required: model"),
    ],
)
def test_a_mistake_on_the_line_is_a_usage_error(kernel: Kernel, cell: str, answer: str) -> None:
    assert answer == kernel.run(cell).text.strip()


def test_a_failed_question_leaves_no_turn(kernel: Kernel) -> None:
    kernel.run("%%chat mario --new\nMy name is Ada.", cell="a")
    kernel.run("%%chat mario -o temprature=1\nLost", cell="b")
    kernel.run("%%chat mario --out reply\nWhat is my name?", cell="c")

    assert "Lost" not in prompt(kernel)


def test_several_questions_of_one_cell_go_on_with_each_other(kernel: Kernel) -> None:
    code = "for text in ('My name is Ada.', 'What is my name?'):\n    get_ipython().run_cell_magic('chat', 'mario --out reply', text)"
    kernel.run("%%chat mario --new\nHi!", cell="r")
    kernel.run(code, cell="loop")

    assert "My name is Ada." in prompt(kernel)
    kernel.run(code, cell="loop")
    assert 1 == prompt(kernel).count("My name is Ada.")


def test_tab_and_help_work_through_the_kernel(kernel: Kernel) -> None:
    replaced, matches = kernel.complete("%%chat mario:")
    assert ("mario:", "mario:latest") == (replaced, matches[0])
    assert ("temprature", ["temperature="]) == kernel.complete("%%chat mario -o temprature")
    assert "--system TEXT" in kernel.inspect("%%chat")
