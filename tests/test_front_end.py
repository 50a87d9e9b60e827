"""The front end's own checks: strict TypeScript, and its unit tests in a page without a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FRONT_END = Path(__file__).parents[1] / "labextension"
BIN = Path(sys.executable).parent


def jlpm(*arguments: str) -> None:
    """Run a script of ``package.json``; what it prints is the message when it fails. The tools are there after a build."""
    env = {**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]), "NO_COLOR": "1"}
    done = subprocess.run(["jlpm", *arguments], cwd=FRONT_END, env=env, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def test_front_end_is_typed() -> None:
    jlpm("check")


def test_front_end_does_what_its_unit_tests_say() -> None:
    jlpm("test")
