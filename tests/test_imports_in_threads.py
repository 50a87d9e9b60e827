"""Modules are imported when they are first used, also on threads, several at once: none of them may wait for another in a circle.

A module that is being imported is locked, and so is its package while that imports its own modules. Python breaks a circle of such locks
by handing out a module that is not ready. There is none if two things hold of a package that imports some of its modules right away:
these do not import the package, and nobody else begins with one of them instead of the package.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import jupyter_ollama

ROOT = Path(jupyter_ollama.__file__).parent


@dataclass
class Module:
    """``now``: what it imports while it is imported itself, in order; ``all``: also later. Names of modules, or of what is in them."""

    name: str
    is_package: bool
    now: list[str] = field(default_factory=list)
    all: list[str] = field(default_factory=list)

    def read(self, source: str) -> None:
        folder = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        for node, late in _imports(ast.parse(source).body, late=False):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*base, *((node.module or "").split(".") if node.module else ())])
            found = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            self.all += found
            if not late:
                self.now += found


def _imports(body: list[ast.stmt], *, late: bool) -> Iterator[tuple[ast.ImportFrom, bool]]:
    for node in body:
        if isinstance(node, ast.ImportFrom):
            yield node, late
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            for name in ("body", "orelse", "handlers", "finalbody"):
                inside = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                yield from _imports(getattr(node, name, []), late=inside)


def read_all() -> dict[str, Module]:
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = ["jupyter_ollama", *path.relative_to(ROOT).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        module = Module(".".join(parts[:-1] if is_package else parts), is_package)
        module.read(path.read_text(encoding="utf-8"))
        found[module.name] = module
    return found


def circles(modules: dict[str, Module], package: str) -> list[str]:
    """What is against one of the two rules, for one package."""
    inside, todo, found = set[str](), [package], []
    while todo:
        for name in modules[todo.pop()].now:
            if name in modules and name.startswith(f"{package}.") and name not in inside:
                inside.add(name)
                todo.append(name)
    found += [f"{name} imports its own package" for name in sorted(inside) if package in modules[name].now]
    for module in modules.values():
        if module.name == package or module.name.startswith(f"{package}."):
            continue
        began = False
        for name in module.all:
            if name in inside and not began:
                found.append(f"{module.name} imports {name} before {package}")
            began |= name == package or (name.startswith(f"{package}.") and name in modules and name not in inside)
    return found


def test_no_import_waits_for_itself() -> None:
    modules = read_all()
    packages = [module.name for module in modules.values() if module.is_package]
    assert len(packages) > 40
    assert [line for package in packages for line in circles(modules, package)] == []


@pytest.mark.parametrize(
    ("lexer", "check", "said"),
    [
        ("from . import continuation", "from ..modelfile import Modelfile", ["p.modelfile.lexer imports its own package"]),
        ("from .continuation import follow", "from ..modelfile.lexer import Lexed", ["p.verbs.check imports p.modelfile.lexer before p.modelfile"]),
        ("from .continuation import follow", "from ..modelfile import Modelfile\nfrom ..modelfile.lexer import Lexed", []),
        ("def late():\n    from . import continuation", "from ..modelfile.highlight import marks\nfrom ..modelfile.lexer import Lexed", []),
    ],
)  # fmt: skip
def test_circles_are_found(lexer: str, check: str, said: list[str]) -> None:
    sources = {
        "p.modelfile": "from .document import Modelfile", "p.modelfile.document": "from .lexer import Lexer", "p.modelfile.lexer": lexer,
        "p.modelfile.continuation": "", "p.modelfile.highlight": "", "p.verbs.check": check,
    }  # fmt: skip
    modules = {name: Module(name, name == "p.modelfile") for name in sources}
    for name, source in sources.items():
        modules[name].read(source)
    assert circles(modules, "p.modelfile") == said
