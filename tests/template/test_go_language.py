"""Our interpreter of Go's text/template against Go itself (golden/templates/language.txt) and against gotpl."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import gotpl
import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.go import GoTemplate
from jupyter_ollama.template.go.functions import FUNCTIONS

GOLDEN = Path(__file__).parents[1] / "golden" / "templates"

# Where gotpl 0.1 differs from Go 1.27; the golden file has Go's answer.
GOTPL_DIFFERS = {
    "assignment sign next to a name",
    "bytes of a character in escapes",
    "eq of nil and text",
    "field of a number",
    "field of a text",
    "field of nil",
    "field of nil inside of a list",
    "index of a map with a number",
    "ne",
    "nil as an argument",
    "printf marks mistakes with the flags of the verb",
    "printf negative code points",
    "printf of lists and maps",
    "printf of nil inside of a list",
    "printf other floats",
    "printf percent",
    "printf precision of integers",
    "printf verbs of floats",
    "printf verbs of integers",
    "printf verbs of texts",
    "printf with a huge width",
    "range variables in the else hold the whole",
    "slice in the middle of a character, joined again",
}


def _load(name: str) -> ModuleType:
    """The script that makes a golden file also reads it."""
    spec = importlib.util.spec_from_file_location(name, GOLDEN / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = _load("make_language")
CASES = golden.read(GOLDEN / "language.txt")[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_prints_what_go_prints(case):
    if case.text is None:
        with pytest.raises(TemplateError):
            GoTemplate.parse(case.template).render(golden.data())
    else:
        assert GoTemplate.parse(case.template).render(golden.data()) == case.text


@pytest.mark.parametrize("case", [case for case in CASES if "json" not in case.name], ids=lambda case: case.name)
def test_gotpl_agrees_except_where_it_differs_from_go(case):
    environment = gotpl.Environment(missing_key="zero", budget=gotpl.ExecutionBudget.strict())
    try:
        text = environment.from_string(case.template).render(golden.data())
    except gotpl.TemplateError:
        text = None
    assert (text == case.text) is (case.name not in GOTPL_DIFFERS)


def test_the_corpus_covers_every_function():
    ollamas = {"currentDate", "yesterdayDate", "toTypeScriptType"}
    text = "\n".join(case.template for case in CASES)
    assert {name for name in FUNCTIONS if f"{name} " not in text} == ollamas
