"""Collects, from the source, everything that the kernel says to a person: messages and hints of errors, marks in a Modelfile, completions,
what options and models are good for.

    python -m tests.sentences        # what has no Chinese yet, and which Chinese nobody says any more

A text is said when it is passed where a sentence belongs (``SAID``), be it as a literal, through a variable of its module, or through a
function that passes it on. f-strings cannot be said in another language: they are told apart, as mistakes.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import jupyter_ollama
from jupyter_ollama import errors
from jupyter_ollama.sentences import Sentence

ROOT = Path(jupyter_ollama.__file__).parent
CHINESE = Path(__file__).parents[1] / "labextension" / "locale" / "zh_CN" / "kernel"

NOT_IN_THE_PANEL = {"cli", "lab", "notebook", "render", "server", "wire", "sentences.py"}
"""Faces say things in their own places; what is wrong with a request that a program made is for who wrote the program."""

# Where a sentence belongs: positions and names of arguments.
ERRORS = {name for name, held in vars(errors).items() if isinstance(held, type) and issubclass(held, errors.OllamaError)}
SAID: dict[str, set[int | str]] = {
    **{name: {0, "message", "hint"} for name in ERRORS},
    "Completion": {1, 2, "detail", "info"},
    "Known": {1},
    "Mark": {5, "text"},
    "ModelfileWarning": {0},
    "Option": {3},
    "Plan": {4},
    "Quantization": {3},
    "SchemaTrouble": {0, 1},
    "together": set(range(9)),
}
PASSED_ON = {"replaced", "with_values", "capitalized", "of", "rstrip", "removesuffix"}
NOTHING_TO_SAY = {"str", "repr", "join", "reason"}
"""Functions whose answers are names, numbers, or what somebody else says."""


@dataclass
class Module:
    """A file: what its names stand for, and its functions."""

    path: Path
    tree: ast.Module
    family: str

    @cached_property
    def values(self) -> dict[str, list[ast.expr]]:
        """Everything that is assigned to each name, wherever in the file."""
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
            for target in targets:
                assert isinstance(node, ast.Assign | ast.AnnAssign)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for one, value in zip(target.elts, node.value.elts, strict=True):
                        found.setdefault(ast.unparse(one), []).append(value)
                elif node.value is not None:
                    found.setdefault(ast.unparse(target), []).append(node.value)
        return found

    @cached_property
    def functions(self) -> dict[str, list[ast.FunctionDef]]:
        found: dict[str, list[ast.FunctionDef]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def calls(self) -> list[tuple[ast.Call, tuple[ast.FunctionDef, ...]]]:
        """Every call, and the functions it stands in, the innermost last."""
        return list(_calls(self.tree, ()))


@dataclass
class Said:
    """What was found: patterns with their places, f-strings, and patterns that are no literals."""

    patterns: dict[str, str] = field(default_factory=dict)
    mistakes: set[str] = field(default_factory=set)


@cache
def collect(families: tuple[str, ...] = ()) -> Said:
    """What the kernel says; of some families only."""
    modules = [_read(path) for path in sorted(ROOT.rglob("*.py"))]
    modules = [one for one in modules if one.family not in NOT_IN_THE_PANEL and (not families or one.family in families)]
    said = Said({"%1 %2": "sentences.py"})
    speakers = {(one.family, name): set(places) for one in modules for name, places in SAID.items()}
    while True:  # functions that pass on what they are given
        before = sum(map(len, speakers.values()))
        for module in modules:
            for call, within in module.calls:
                for argument in _spoken(call, speakers.get((module.family, _name(call)), set())):
                    _Reader(module, said, speakers, words_count=_name(call) in SAID).read(argument, within)
        if sum(map(len, speakers.values())) == before:
            return said


def chinese() -> dict[str, str]:
    """The translations."""
    return {text: other for path in sorted(CHINESE.glob("*.json")) for text, other in json.loads(path.read_text("utf-8")).items()}


class _Reader:
    """Reads one expression that is said.

    Args:
        words_count: whether a single word is said, too; else it is the name of something.
    """

    def __init__(self, module: Module, said: Said, speakers: dict[tuple[str, str], set[int | str]], words_count: bool) -> None:
        self._module, self._said, self._speakers, self._words_count = module, said, speakers, words_count
        self._seen: set[str] = set()

    def read(self, value: ast.expr, within: tuple[ast.FunctionDef, ...]) -> None:
        place = f"{self._module.path.relative_to(ROOT)}:{value.lineno}"
        match value:
            case ast.Constant(value=str(text)) if text and (self._words_count or " " in text):
                self._said.patterns.setdefault(Sentence.of(text).pattern, place)
            case ast.JoinedStr() if self._words_count or " " in ast.unparse(value):
                self._said.mistakes.add(f"{place}: {ast.unparse(value)}")
            case ast.Call() if _name(value) == "Sentence":
                self._sentence(value, place, within)
            case ast.Call() if _name(value) in PASSED_ON:
                self._each([value.func.value if isinstance(value.func, ast.Attribute) else value.args[0], *value.args[:1]], within)
            case ast.Call():
                self._answers(_name(value))
            case ast.IfExp():
                self._each((value.body, value.orelse), within)
            case ast.BoolOp():
                self._each(value.values, within)
            case ast.Tuple() | ast.List():
                self._each(value.elts, within)
            case ast.Dict():
                self._each(value.values, within)
            case ast.BinOp(op=ast.Add() | ast.Mod()):
                self._said.mistakes.add(f"{place}: {ast.unparse(value)}")
            case ast.Starred() | ast.Subscript():
                self.read(value.value, within)
            case ast.Name() | ast.Attribute():
                self._named(ast.unparse(value), within)

    def _each(self, values: Iterable[ast.expr], within: tuple[ast.FunctionDef, ...]) -> None:
        for one in values:
            self.read(one, within)

    def _sentence(self, call: ast.Call, place: str, within: tuple[ast.FunctionDef, ...]) -> None:
        pattern = call.args[0]
        if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
            self._said.patterns.setdefault(pattern.value, place)
        else:
            self._said.mistakes.add(f"{place}: {ast.unparse(call)}")

    def _answers(self, name: str) -> None:
        """What a function of the file answers is said."""
        if name in self._seen or name in SAID or name in NOTHING_TO_SAY:
            return
        self._seen.add(name)
        for function in self._module.functions.get(name, ()):
            for node in ast.walk(function):
                if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                    self.read(node.value, (function,))

    def _named(self, name: str, within: tuple[ast.FunctionDef, ...]) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        self._each(self._module.values.get(name, ()), within)
        for function in reversed(within):
            names = [one.arg for one in function.args.args]
            keywords = [one.arg for one in function.args.kwonlyargs]
            if name in (*names, *keywords):
                method = bool(names) and names[0] in ("self", "cls")
                places: set[int | str] = {name} | ({names.index(name) - method} if name in names else set())
                called = _class_of(self._module.tree, function) if function.name == "__init__" else function.name
                self._speakers.setdefault((self._module.family, called), set()).update(places)
                return


def _read(path: Path) -> Module:
    return Module(path, ast.parse(path.read_text("utf-8")), path.relative_to(ROOT).parts[0])


def _calls(node: ast.AST, within: tuple[ast.FunctionDef, ...]) -> Iterator[tuple[ast.Call, tuple[ast.FunctionDef, ...]]]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Call):
            yield inner, within
        yield from _calls(inner, (*within, inner) if isinstance(inner, ast.FunctionDef) else within)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _class_of(tree: ast.Module, function: ast.FunctionDef) -> str:
    return next((one.name for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and function in one.body), "")


def _spoken(call: ast.Call, places: set[int | str]) -> Iterator[ast.expr]:
    """The arguments of a call that are said; a ``Sentence`` wherever it is made."""
    if _name(call) == "Sentence":
        yield call
    elif ast.unparse(call.func) == "Sentence.of":
        yield call.args[0]
    yield from (one for index, one in enumerate(call.args) if index in places or ast.unparse(call.func).endswith("notes.append"))
    yield from (one.value for one in call.keywords if one.arg in places or one.arg == "notes")


if __name__ == "__main__":
    found, known = collect(tuple(sys.argv[1:])), chinese()
    for mistake in sorted(found.mistakes):
        print("f-string", mistake, file=sys.stderr)
    print(json.dumps({text: place for text, place in found.patterns.items() if text not in known}, indent=1, ensure_ascii=False))
    print(*(f"nobody says {text!r}" for text in known if text not in found.patterns), sep="\n", file=sys.stderr)
