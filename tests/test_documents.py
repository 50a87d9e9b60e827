"""What the documents show is true: magics and options exist, Python parses and its names are public, links lead somewhere, both languages
have the same commands.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_ollama
from jupyter_ollama import Ollama, lab, widgets
from jupyter_ollama.notebook.commands import COMMANDS
from jupyter_ollama.notebook.magics import MAGICS

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md")
READMES = DOCUMENTS[:2]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(read(name)) if kind == language]


def magic_parsers() -> dict[str, object]:
    """Each cell or line magic with its argument parser."""
    found = {}
    for magic in MAGICS:
        for name, value in vars(magic).items():
            if hasattr(value, "parser"):
                found[name] = value.parser
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(name)):
        assert target.startswith("https://") or (ROOT / target).exists(), target


@pytest.mark.parametrize("name", READMES)
def test_python_parses_and_names_what_is_public(name: str) -> None:
    for block in blocks(name, "python"):
        tree = ast.parse(block)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "jupyter_ollama":
                assert all(hasattr(jupyter_ollama, alias.name) or alias.name == "lab" for alias in node.names), block
            if isinstance(node, ast.ImportFrom) and node.module == "jupyter_ollama.widgets":
                assert all(hasattr(widgets, alias.name) for alias in node.names), block
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("ollama", "lab"):
                assert hasattr(Ollama if node.value.id == "ollama" else lab, node.attr), f"{node.value.id}.{node.attr}"


@pytest.mark.parametrize("name", READMES)
def test_magics_and_their_options_exist(name: str) -> None:
    parsers = magic_parsers()
    for magic, rest in re.findall(r"`%%?(\w+)([^`\n]*)`", read(name)):
        if magic in ("load_ext", "ollama", "chat_reset"):
            continue
        assert magic in parsers, magic
        known = {option for action in parsers[magic]._actions for option in action.option_strings}  # type: ignore[attr-defined]
        for option in re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", rest):
            assert option in known, f"%%{magic} {option}"


@pytest.mark.parametrize("name", READMES)
def test_commands_of_ollama_exist(name: str) -> None:
    for command in re.findall(r"%ollama (\w+)", read(name)):
        assert command in COMMANDS, command


@pytest.mark.parametrize("name", READMES)
def test_shell_commands_are_files_of_the_repository(name: str) -> None:
    for path in re.findall(r"^bash (\S+)", "\n".join(blocks(name, "bash")), re.MULTILINE):
        assert (ROOT / path).is_file(), path


def test_the_reference_is_made_as_the_readme_says(tmp_path: Path) -> None:
    (command,) = [block for block in blocks("README.md", "bash") if "pdoc" in block]
    words = [str(tmp_path) if word == "build/reference" else word for word in command.split()]
    done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, timeout=120, check=True)
    assert "Warn" not in done.stderr
    page = (tmp_path / "jupyter_ollama" / "ollama.html").read_text(encoding="utf-8")
    assert all(f"Ollama.{name}" in page for name in dir(Ollama) if not name.startswith("_"))


def test_both_languages_show_the_same_cells_and_commands() -> None:
    english, chinese = (set(blocks(name, "")) for name in READMES)
    assert chinese <= english
    first, second = (re.findall(r"^bash \S+", "\n".join(blocks(name, "bash")), re.MULTILINE) for name in READMES)
    assert first == second
