"""What is checked about the whole tree by other tools: style, types, and that JupyterLab finds the front end."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import jupyter_ollama

TREE = Path(__file__).parents[1]


def run(*arguments: str) -> str:
    """Run a Python module in the tree; its output, which is also the message when it fails."""
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=TREE, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_ruff_has_nothing_to_say() -> None:
    run("ruff", "check", ".")


def test_types_are_consistent() -> None:
    run("mypy")


def test_jupyterlab_finds_the_front_end() -> None:
    [line] = [line for line in run("jupyterlab.labextensions", "list").splitlines() if "jupyter-ollama" in line]

    assert "enabled" in line
    assert "OK" in line


def test_package_and_front_end_have_one_version() -> None:
    front_end = json.loads((TREE / "labextension/package.json").read_text(encoding="utf-8"))["version"]

    assert {jupyter_ollama.__version__, version("jupyter-ollama")} == {front_end}
