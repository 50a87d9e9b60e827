"""The house plan, checked: who may import whom, one door per outside dependency, and what must stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import jupyter_ollama

PACKAGE = "jupyter_ollama"
ROOT = Path(jupyter_ollama.__file__).parent
FILES = sorted(set(ROOT.rglob("*.py")) - {ROOT / "__init__.py"})

VALUES = {
    *("address", "bell", "cancelling", "cards", "embeddings", "durations", "errors", "events", "functions", "gojson", "joining", "json_file", "messages"),
    *("models", "names", "needs", "on_demand", "options", "pocket", "prompts", "pread", "quantization", "questions", "run", "runs", "scores"),
    *("sentences", "shown", "threads", "uploads"),
    *("editing", "files", "pieces", "suggestions"),
}
FORMATS = {"convert", "gguf", "manifest", "modelfile", "oci", "render", "reply", "safetensors", "schema", "sources", "template", "wire"}
RESOURCES = {"engine", "registry", "store"}
FACE = VALUES | {"lab", "render", "wire"}  # and the public API, which is read from __init__.py

# What a family (a file or folder of the package) may import besides itself. A new one needs its line here.
MAY_IMPORT: dict[str, set[str]] = {
    **dict.fromkeys(VALUES, VALUES),
    **dict.fromkeys(FORMATS, VALUES),
    "convert": VALUES | {"gguf", "safetensors"},
    "oci": VALUES | {"manifest"},
    **dict.fromkeys(RESOURCES, VALUES | FORMATS),
    "remote": VALUES | FORMATS | RESOURCES | {"settings", "verbs"},
    "settings": VALUES | FORMATS,
    "verbs": VALUES | FORMATS | RESOURCES | {"settings"},
    "ollama": VALUES | FORMATS | RESOURCES | {"remote", "settings", "verbs"},
    "lab": VALUES | FORMATS,
    "notebook": FACE,
    "server": FACE,
    "cli": FACE,
    "widgets": {"notebook"},  # the short name of what lies there
}
FACES_ON_THE_PUBLIC_API = {"lab", "notebook", "server", "cli"}

# The only families (or folders in them) through which a dependency comes in.
DOORS: dict[str, set[str]] = {
    "backports": {"server"},
    "compression": {"server"},
    "anywidget": {"notebook/widgets"},
    "IPython": {"lab", "notebook", "render"},
    "comm": {"notebook"},
    "cryptography": {"registry"},
    "gguf": {"convert", "engine/worker", "gguf"},
    "httpx": {"remote"},
    "ipykernel": {"notebook"},
    "ipywidgets": {"lab", "notebook"},
    "jinja2": {"template"},
    "jupyter_core": {"settings"},
    "llama_cpp": {"engine/worker"},
    "pandas": {"lab"},
    "pyarrow": {"lab"},
    "numpy": {"convert", "engine/worker", "gguf", "lab", "safetensors"},
    "platformdirs": {"settings"},
    "prompt_toolkit": {"cli"},
    "safetensors": {"safetensors"},
    "tokenizers": {"convert"},
    "tornado": {"server"},
    "tqdm": {"cli", "lab", "notebook"},
    "traitlets": {"notebook"},
    "watchdog": {"notebook"},
    "yaml": {"convert"},
}

# Layer 1 works on the files and bytes it is given.
NOT_IN_FORMATS = ("asyncio", "concurrent", "http", "multiprocessing", "socket", "subprocess", "threading", "urllib.request")

# Who may touch environment variables: settings decide; a child process is given its own.
READS_ENVIRONMENT = {"settings.py", "engine/process.py", "engine/worker/boot.py"}

# A value is drawn by `render` when something displays it, and only then.
DRAWN_LATE = {("events", "render"), ("shown", "render")}

# `Ollama.serve` opens a face, `Ollama.map` the lab, and only then.
OPENED_LATE = {("ollama", "lab"), ("ollama", "server")}


@dataclass(frozen=True)
class Import:
    """One imported module: `jupyter_ollama.store.blobs`, `json`."""

    module: str
    line: int

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def family(self) -> str:
        """The file or folder of this package that is imported; empty for the package itself."""
        return (self.module + "..").split(".")[1]


def family_of(path: Path) -> str:
    """`store` for store/blobs.py, `errors` for errors.py."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST, path: Path) -> Iterator[Import]:
    """Every module that the source names in an import statement or in `importlib.import_module("...")`, however late."""
    folder = [PACKAGE, *path.relative_to(ROOT).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            if module == PACKAGE:
                yield from (Import(f"{module}.{_home(alias.name)}", node.lineno) for alias in node.names)
            else:
                yield Import(module, node.lineno)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    level = len(name) - len(name.lstrip("."))
                    base = folder[: len(folder) - level + 1] if level else []
                    yield Import(".".join([*base, name.lstrip(".")]), node.lineno)


def _public_homes() -> dict[str, str]:
    """Where each public name lives: {"Ollama": "ollama", ...}."""
    return {name: home.lstrip(".") for name, home in jupyter_ollama._HOMES.items()}


def _home(name: str) -> str:
    return _public_homes().get(name, name)


def violations(source: str, path: Path) -> list[str]:
    """What in this file goes against the house plan, as `line: reason`."""
    tree = ast.parse(source, str(path))
    family, place = family_of(path), path.relative_to(ROOT).as_posix()
    allowed = MAY_IMPORT[family] | {family}
    if family in FACES_ON_THE_PUBLIC_API:
        allowed |= {"", *_public_homes().values()}
    found = []
    for item in imports_of(tree, path):
        if item.top == PACKAGE:
            if item.family not in allowed and (family, item.family) not in DRAWN_LATE | OPENED_LATE:
                found.append(f"{item.line}: {family} must not import {item.family or 'the package root'}")
        elif item.top not in sys.stdlib_module_names:
            if not any(place.startswith((f"{door}/", f"{door}.py")) for door in DOORS.get(item.top, ())):
                found.append(f"{item.line}: {item.top} comes in only through {sorted(DOORS.get(item.top, ['a new line in DOORS']))}")
        elif family in FORMATS and f"{item.module}.".startswith(tuple(f"{name}." for name in NOT_IN_FORMATS)):
            found.append(f"{item.line}: formats work on bytes they are given, without {item.module}")
    if place not in READS_ENVIRONMENT:
        found += [f"{line}: only settings.py reads the environment" for line in _environment_reads(tree)]
    return found


def _environment_reads(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.environb", "os.getenv"}:
            yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_house_plan(path: Path) -> None:
    assert family_of(path) in MAY_IMPORT, f"give {family_of(path)} a layer in MAY_IMPORT"

    assert violations(path.read_text(encoding="utf-8"), path) == []


def test_package_root_imports_its_modules_only_for_type_checkers() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    at_import_time = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]

    assert {module.top for node in at_import_time for module in imports_of(node, ROOT / "__init__.py")} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("errors.py", "from .store import Store"),
        ("errors.py", "import numpy"),
        ("names.py", "def late():\n    from .verbs import chat"),
        ("run.py", "import importlib\nimportlib.import_module('.ollama', __package__)"),
        ("gguf/header.py", "from ..safetensors import read"),
        ("gguf/header.py", "import threading"),
        ("template/jinja.py", "import os\nlimit = os.environ['LIMIT']"),
        ("store/store.py", "from ..registry.client import Client"),
        ("store/store.py", "from .. import engine"),
        ("store/store.py", "import numpy"),
        ("engine/process.py", "import llama_cpp"),
        ("verbs/chat.py", "from ..ollama import Ollama"),
        ("verbs/chat.py", "from jupyter_ollama.notebook import display"),
        ("verbs/chat.py", "import IPython"),
        ("verbs/chat.py", "import jupyter_ollama"),
        ("verbs/chat.py", "import an_unknown_package"),
        ("lab/compare.py", "from ..engine import Engine"),
        ("notebook/magics/chat.py", "from ...store import Store"),
        ("notebook/magics/chat.py", "from ...server import app"),
        ("notebook/display.py", "import tornado.ioloop"),
    ],
)
def test_a_breach_of_the_house_plan_is_found(place: str, source: str) -> None:
    assert len(violations(source, ROOT / place)) == 1


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("convert/llama.py", "import numpy\nfrom ..gguf import writer\nfrom ..errors import SourceError"),
        ("engine/worker/runner.py", "import llama_cpp\nfrom jupyter_ollama.gguf import header"),
        ("verbs/create.py", "from . import pull\nfrom ..store import Store\nfrom ..names import ModelName"),
        ("notebook/magics/chat.py", "from IPython.core.magic import Magics\nfrom ... import Modelfile, Ollama\nfrom ..display import show"),
        ("notebook/session.py", "import importlib\nimportlib.import_module('jupyter_ollama')"),
    ],
)
def test_the_house_plan_allows_what_it_draws(place: str, source: str) -> None:
    assert violations(source, ROOT / place) == []


HEAVY = ["anywidget", "cryptography", "httpx", "jinja2", "llama_cpp", "numpy", "tornado"]

IMPORT_PACKAGE = f"""
import sys
import {PACKAGE}
print([name for name in {HEAVY} if name in sys.modules])
"""

LOAD_EXTENSION = f"""
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
shell.run_line_magic("load_ext", "{PACKAGE}")
assert "ollama" in shell.magics_manager.magics["line"]
print([name for name in {HEAVY} if name in set(sys.modules) - before])
"""


LIST_MODELS = f"""
import sys
from IPython.core.interactiveshell import InteractiveShell
before = set(sys.modules)
from {PACKAGE} import Ollama
ollama = Ollama({{folder!r}})
assert len(ollama.list()) == len(ollama.ps()) == 0
print([name for name in [*{HEAVY}, "gguf"] if name in set(sys.modules) - before])
"""


@pytest.mark.parametrize("program", [IMPORT_PACKAGE, LOAD_EXTENSION, LIST_MODELS], ids=["import", "load_ext", "list"])
def test_starting_imports_nothing_heavy(program: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program.replace("{folder!r}", repr(str(tmp_path)))], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
