"""The command line as a user has it: a process of its own, a home of its own, a store of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_ollama import Ollama

from ..weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)


@dataclass
class Terminal:
    """Runs ``jupyter ollama``; ``environment`` is all that its processes know."""

    home: Path
    environment: dict[str, str]

    def run(self, *arguments: str | Path, stdin: str = "", expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jupyter_ollama.cli", *map(str, arguments)]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=120, env=self.environment, cwd=self.home, check=False
        )
        assert done.returncode == expect, (done.stdout, done.stderr)
        return done

    def says(self, *arguments: str | Path, stdin: str = "") -> str:
        return self.run(*arguments, stdin=stdin).stdout

    def error(self, *arguments: str | Path, stdin: str = "") -> str:
        """The one line that says what is wrong."""
        done = self.run(*arguments, stdin=stdin, expect=1)
        assert "Traceback" not in done.stderr
        return done.stderr.splitlines()[-1]


def interruptible(*arguments: str) -> list[str]:
    """A command that Ctrl+C reaches, also where the tests were started in the background, which ignores it."""
    program = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from jupyter_ollama.cli import main; sys.exit(main())"
    return [sys.executable, "-c", program, *arguments]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    models = tmp_path / ".ollama" / "models"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OLLAMA_", "JUPYTER_OLLAMA_"))}
    environment = {
        **kept, "HOME": str(tmp_path), "OLLAMA_MODELS": str(models), "OLLAMA_HOST": "127.0.0.1:1", "JUPYTER_OLLAMA_SERVICE_MODELS": "",
        "JUPYTER_OLLAMA_CACHE": "", "JUPYTER_OLLAMA_RUNTIME_DIR": "", "XDG_RUNTIME_DIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "COLUMNS": "100",
        "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1",
    }  # fmt: skip
    return Terminal(tmp_path, environment)


@pytest.fixture
def mario(terminal: Terminal) -> Terminal:
    """A terminal whose store has a small talking model."""
    with Ollama(terminal.environment["OLLAMA_MODELS"]) as ollama:
        ollama.create("mario", "FROM pocket\nPARAMETER temperature 0\nSYSTEM You are Mario, a plumber.\nMESSAGE user Hello\nMESSAGE assistant It's me!").result(120)
    return terminal
