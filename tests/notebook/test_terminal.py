"""Terminal IPython, through a pseudo-terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

PROMPT = r"In \[\d+\]: "
PATIENCE_S = 60
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """An IPython that somebody types into."""

    def __init__(self, models: Path) -> None:
        environment = {**os.environ, "OLLAMA_MODELS": str(models), "TERM": "dumb", "PROMPT_TOOLKIT_NO_CPR": "1"}
        options = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--HistoryManager.enabled=False"]
        self._child = pexpect.spawn(sys.executable, options, env=environment, encoding="utf-8", timeout=PATIENCE_S, dimensions=(40, 200))  # type: ignore[arg-type]
        self._child.expect(PROMPT)

    def run(self, code: str) -> str:
        """Type a cell and return what is printed below it."""
        self.type(code)
        return self.rest()

    def type(self, code: str) -> None:
        """Type a cell; one of several lines ends with two empty ones."""
        lines = code.split("\n")
        for line in [*lines, "", ""][:-1] if len(lines) > 1 else []:
            self._child.sendline(line)
            self._child.expect(r"\.\.\.: ")
        self._child.sendline("" if len(lines) > 1 else code)
        self._child.expect("\n")

    def rest(self) -> str:
        self._child.expect(PROMPT)
        return _CODES.sub("", self._child.before or "")

    def interrupt(self) -> None:
        self._child.sendintr()

    def wait_for(self, pattern: str) -> None:
        self._child.expect(pattern)

    def close(self) -> None:
        self._child.close(force=True)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("models"))
    try:
        terminal.run("%load_ext jupyter_ollama")
        yield terminal
    finally:
        terminal.close()


def test_the_whole_way_from_a_modelfile_to_an_answer(terminal: Terminal) -> None:
    assert "Next: %ollama_create mario" in terminal.run("%%modelfile mario\nFROM pocket\nSYSTEM You are Mario from Super Mario Bros.")

    created = terminal.run("%ollama_create mario -q q8_0")
    assert "created mario:latest · " in created
    assert re.search("converting|quantizing|verifying|layer|manifest|success", created)  # steps of less than a tenth of a second may be passed over

    answer = terminal.run("%%chat mario -o temperature=0 --out reply\nWho are you?")
    assert "mario:latest · " in answer
    assert "text/markdown" not in answer
    assert terminal.run("print(reply)").strip().splitlines()[-1] in answer

    assert "NAME             ID              SIZE      MODIFIED" in terminal.run("%ollama list")


def test_an_error_is_one_line(terminal: Terminal) -> None:
    printed = terminal.run("%ollama show nobody")

    assert "ModelNotFound: no model 'nobody'" in printed
    assert "Traceback" not in printed


def test_a_wrong_modelfile_shows_the_place(terminal: Terminal) -> None:
    printed = terminal.run("%%modelfile bad\nFROM pocket\nPARAMETER temprature 1")

    assert "    3 | PARAMETER temprature 1\n      |           ^" in printed


def test_ctrl_c_keeps_the_partial_answer(terminal: Terminal) -> None:
    terminal.type("%%chat mario -o temperature=1000 -o top_k=0 -o top_p=1 -o seed=46 --out reply\nTell me a story.")
    terminal.wait_for(r"\S")
    terminal.interrupt()

    printed = terminal.rest()
    assert "interrupted · mario:latest" in printed
    assert "KeyboardInterrupt" in printed
    assert "Traceback" not in printed
    assert "cancelled" in terminal.run("print(reply.done_reason)")
