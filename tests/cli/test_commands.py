"""Every command, as it is typed: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from jupyter_ollama import Ollama, __version__
from jupyter_ollama.cli.commands import COMMANDS

from .conftest import Terminal, interruptible


def test_without_a_command_it_says_what_there_is(terminal: Terminal) -> None:
    told = terminal.says()
    assert all(f"\n    {name} " in told for name in COMMANDS)
    assert terminal.says("-v") == terminal.says("--version") == f"ollama version is {__version__}\n"


@pytest.mark.parametrize("command", [*COMMANDS, "ls", "start"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    from jupyter_ollama.cli import main

    with pytest.raises(SystemExit) as ended:
        main([command, "-h"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: jupyter ollama ")


def test_an_unknown_command_is_a_usage_error(terminal: Terminal) -> None:
    assert "invalid choice: 'lsit'" in terminal.run("lsit", expect=2).stderr


def test_a_model_is_made_shown_copied_and_deleted(terminal: Terminal) -> None:
    (terminal.home / "Modelfile").write_text("FROM pocket\nSYSTEM You are Mario.\nPARAMETER temperature 0\n")
    made = terminal.run("create", "mario")
    assert made.stdout == ""
    assert made.stderr.splitlines()[-1] == "success"
    listed = terminal.says("ls", "MAR")
    assert re.fullmatch(r"NAME {12}ID {14}SIZE {5}MODIFIED +\nmario:latest {4}[0-9a-f]{12} {4}10 MB {4}.* ago {4}\n", listed)
    assert {line.split()[0] for line in terminal.says("list").splitlines()[1:]} == {"mario:latest", "pocket:latest"}
    assert terminal.says("list", "x") == "NAME    ID    SIZE    MODIFIED \n"

    shown = terminal.says("show", "mario")
    assert shown.startswith("  Model\n    architecture        llama    \n")
    assert "\n  System\n    You are Mario.    \n" in shown
    assert terminal.says("show", "mario", "--system") == "You are Mario."
    assert "temperature                    0\n" in terminal.says("show", "--parameters", "mario")
    assert terminal.says("show", "mario", "--license").startswith("MIT License\n")
    assert "general.architecture" in terminal.says("show", "-v", "mario")
    assert terminal.error("show", "mario", "--system", "--license").startswith("Error: only one of '--license', ")
    (terminal.home / "again").write_text(terminal.says("show", "mario", "--modelfile"))
    terminal.run("create", "again", "-f", "again")
    assert terminal.says("show", "again", "--modelfile").splitlines()[3:] == (terminal.home / "again").read_text().splitlines()[3:]

    assert terminal.says("cp", "mario", "luigi") == "copied 'mario' to 'luigi'\n"
    assert terminal.says("rm", "mario", "luigi") == "deleted 'mario'\ndeleted 'luigi'\n"


def test_quantizing_says_so(terminal: Terminal) -> None:
    (terminal.home / "Modelfile").write_text("FROM pocket")
    assert "quantizing F16 model to Q4_K_M" in terminal.run("create", "small", "-q", "q4_K_M").stderr
    assert "    quantization        Q4_K_M    \n" in terminal.says("show", "small")
    assert "Q4_K_N" in terminal.error("create", "small", "-q", "q4_K_N").upper()


def test_a_draft_model_is_quantized_shown_and_judged(terminal: Terminal) -> None:
    for name, text in {"large": "FROM pocket", "fast": "FROM large\nDRAFT pocket\nPARAMETER temperature 0"}.items():
        (terminal.home / f"{name}.txt").write_text(text)
    terminal.run("create", "large", "-f", "large.txt", "-q", "q8_0")
    terminal.run("create", "fast", "-f", "fast.txt", "--draft-quantize", "q4_0")
    assert "    draft               llama 5.25M Q4_0    \n" in terminal.says("show", "fast")
    assert re.search(r"^guesses right: +\d+ of \d+$", terminal.run("run", "fast", "Tell me a story.", "--verbose").stderr, re.MULTILINE)
    assert terminal.error("create", "large", "-f", "large.txt", "--draft-quantize", "q8_0").startswith("Error: --draft-quantize requires a DRAFT model")


def test_mistakes_are_one_line(terminal: Terminal) -> None:
    assert terminal.error("create", "mario") == "Error: no Modelfile at Modelfile: No such file or directory. Check the path given with -f."
    assert "'nobody' in the store" in terminal.error("show", "nobody")
    assert "jupyter ollama list" in terminal.error("rm", "nobody")
    assert terminal.error("stop", "nobody").startswith("Error: couldn't find model \"nobody\" to stop")
    (terminal.home / "Modelfile").write_text("FROM pocket\nPARAMETER temprature 1")
    assert "temperature" in terminal.error("create", "mario")


def test_one_question_gets_one_answer(mario: Terminal) -> None:
    answered = mario.run("run", "mario", "What", "is", "2 + 3?")
    assert answered.stdout == "2 + 3 = 5.\n\n"
    assert mario.says("run", "mario", stdin="What is 2 + 3?") == answered.stdout
    assert mario.says("run", "mario", "+ 3?", stdin="What is 2") == answered.stdout
    assert mario.says("run", "mario") == "", "an empty question loads the model"


def test_verbose_tells_what_it_cost_on_stderr(mario: Terminal) -> None:
    told = mario.run("run", "mario", "Hello", "--verbose").stderr
    labels = [line[:22].rstrip() for line in told.splitlines() if ":" in line]
    assert labels[-8:] == [
        "total duration:", "load duration:", "prompt eval count:", "prompt eval duration:", "prompt eval rate:", "eval count:",
        "eval duration:", "eval rate:",
    ]  # fmt: skip
    assert re.search(r"^eval count: {11}\d+ token\(s\)$", told, re.MULTILINE)


def test_values_that_are_none_are_refused_before_the_model_is_asked(mario: Terminal) -> None:
    assert "--keepalive is a span of time, not '300'" in mario.error("run", "mario", "Hi", "--keepalive", "300")
    assert 'invalid value for --think: "much"' in mario.error("run", "mario", "Hi", "--think", "much")
    assert "neither json nor a JSON Schema" in mario.error("run", "mario", "Hi", "--format", "xml")


def test_models_travel_in_a_file(mario: Terminal, tmp_path: Path) -> None:
    assert "saved mario:latest: course.tar, 1" in mario.says("save", "mario", "course.tar")
    mario.run("rm", "mario")
    assert mario.says("load", "course.tar", "peach").splitlines()[1].startswith("peach:latest ")
    mario.run("rm", "peach", "pocket")
    assert "is damaged" in mario.error("load", _damaged(tmp_path / "course.tar"), "daisy")


def _damaged(path: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def test_du_verify_prune_and_key_speak_of_the_own_store(mario: Terminal) -> None:
    assert "mario:latest" in mario.says("du")
    assert mario.says("verify") == "7 blobs, 10 MB: nothing is damaged or missing.\n"
    assert mario.says("prune").startswith(("nothing", "removed"))
    assert mario.says("key").startswith("ssh-ed25519 ")
    weights = max(Path(mario.environment["OLLAMA_MODELS"], "blobs").iterdir(), key=lambda path: path.stat().st_size)
    weights.chmod(0o644)
    _damaged(weights)
    assert mario.error("verify").startswith("Error: the store is not as it should be.")


def test_ps_says_whose_models_it_lists(mario: Terminal) -> None:
    told = mario.run("ps")
    assert told.stdout.startswith("NAME    ")
    assert told.stderr == f"(of this machine's models in {mario.environment['OLLAMA_MODELS']})\n"


def test_an_ollama_that_answers_at_ollama_host_is_asked_and_files_stay_a_matter_of_this_machine(mario: Terminal, tmp_path: Path) -> None:
    (tmp_path / "Modelfile").write_text("FROM pocket\nPARAMETER temperature 0")
    with Ollama(tmp_path / "elsewhere") as elsewhere:
        elsewhere.create("luigi", "FROM pocket\nPARAMETER temperature 0").result(120)
        url = elsewhere.serve(port=0).url
        mario.environment["OLLAMA_HOST"] = url
        assert "luigi:latest" in mario.says("list")
        assert "mario:latest" not in mario.says("list")
        assert mario.says("run", "luigi", "What is 2 + 3?") == "2 + 3 = 5.\n\n"
        assert mario.run("ps").stderr == f"(of the Ollama at {url})\n"
        mario.run("create", "made", "-q", "q8_0")
        assert elsewhere.show("made").details.quantization_level == "Q8_0"
        assert "which has no requantize." in mario.error("create", "made", "--requantize")
        assert "mario:latest" in mario.says("du")
        assert "Warning: client version is" in mario.says("-v")
    assert "mario:latest" in mario.says("list"), "nobody answers there any more"


def test_serve_answers_until_it_is_interrupted(mario: Terminal) -> None:
    command = interruptible("serve", "--port", "0")
    environment = {**mario.environment, "OLLAMA_HOST": "127.0.0.1"}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr is not None
        found = re.match(r"Ollama's API at (http://127.0.0.1:\d+) ", server.stderr.readline())
        assert found
        with urllib.request.urlopen(f"{found[1]}/api/tags", timeout=30) as answer:
            assert json.load(answer)["models"][0]["name"] == "mario:latest"
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
    finally:
        server.kill()
        server.communicate()


def test_an_interrupt_ends_an_answer_and_the_command(mario: Terminal) -> None:
    command = interruptible("run", "mario", "Tell me a story.")
    asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=mario.environment)
    try:
        assert asked.stdout is not None
        os.read(asked.stdout.fileno(), 1)
        asked.send_signal(signal.SIGINT)
        started = time.monotonic()
        _, told = asked.communicate(timeout=60)
        assert asked.returncode in (0, 130), told  # the story may have been over
        assert time.monotonic() - started < 30
        assert b"Traceback" not in told
    finally:
        asked.kill()
        asked.wait()


def test_a_reader_that_has_enough_is_no_error(mario: Terminal) -> None:
    command = f"{sys.executable} -m jupyter_ollama.cli show -v mario | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env=mario.environment, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("  Model\n", "")
