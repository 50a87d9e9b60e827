"""The reference is made of docstrings: every public name has one that tells its parameters, and what can go wrong."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

import jupyter_ollama
from jupyter_ollama import lab

NOT_TOLD = {"self", "cls"}


class Entry(NamedTuple):
    """A function or a class. ``around`` is what else tells its parameters: the docstring of its class, or of its module."""

    name: str
    value: Any
    around: str
    is_property: bool = False


def entries() -> Iterator[Entry]:
    for module in (jupyter_ollama, lab):
        for name in module.__all__:
            value = getattr(module, name)
            if not callable(value):
                continue
            yield Entry(f"{module.__name__}.{name}", value, inspect.getdoc(module) or "")
            if inspect.isclass(value):
                yield from methods(f"{module.__name__}.{name}", value)


def methods(of: str, value: type) -> Iterator[Entry]:
    known: dict[str, Entry] = {}
    for one in value.__mro__:
        if not one.__module__.startswith("jupyter_ollama"):
            continue
        for name, member in vars(one).items():
            plain = getattr(member, "__func__", getattr(member, "fget", member))
            if not name.startswith("_") and inspect.isfunction(plain):
                known.setdefault(name, Entry(f"{of}.{name}", plain, inspect.getdoc(value) or "", isinstance(member, property)))
    yield from known.values()


ENTRIES = {entry.name: entry for entry in entries()}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
class TestEveryPublicName:
    def test_it_is_described_in_a_sentence(self, entry: Entry) -> None:
        text = inspect.getdoc(entry.value) or ""
        assert re.match(r"[\w`].*?[.:]", text, re.DOTALL), "it has no docstring"

    def test_its_parameters_are_told(self, entry: Entry) -> None:
        if inspect.isclass(entry.value) or entry.is_property:
            return
        told = f"{inspect.getdoc(entry.value)}\n{entry.around}"
        names = [name for name in inspect.signature(entry.value).parameters if name not in NOT_TOLD and not name.startswith("_")]
        assert [] == [name for name in names if not re.search(rf"\b{name}\b", told)]

    def test_what_it_raises_is_told(self, entry: Entry) -> None:
        if inspect.isclass(entry.value) or not re.search(r"^\s+raise [A-Z]", inspect.getsource(entry.value), re.MULTILINE):
            return
        assert re.search(r"Raises|raises", inspect.getdoc(entry.value) or ""), "it raises something that its docstring does not tell"


def instruments() -> list[Callable[..., Any]]:
    return [value for name in lab.__all__ if inspect.isfunction(value := getattr(lab, name))]


@pytest.mark.parametrize("instrument", instruments(), ids=lambda one: one.__name__)
def test_an_instrument_shows_how_it_is_used_and_says_what_it_raises(instrument: Callable[..., Any]) -> None:
    if instrument.__module__.endswith("scorers"):  # their module shows them all
        return
    text = inspect.getdoc(instrument) or ""
    assert re.search(r"^ {4}.*lab\.", text, re.MULTILINE), "it has no example"
    assert "Raises:" in text
