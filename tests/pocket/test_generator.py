"""The text that pocket learns from is right: expectations are met by the answers, and every sum is correct."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_what_the_generator_writes_is_consistent(examples: Path) -> None:
    """In a process of its own: the modules there have short names and are no package."""
    check = subprocess.run([sys.executable, str(examples / "check.py"), "40"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    assert "are consistent" in check.stdout
