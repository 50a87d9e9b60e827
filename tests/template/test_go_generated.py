"""Generated Go templates: ours against Go itself (golden/templates/generated.json), and live against gotpl."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import gotpl
import pytest
from hypothesis import given, settings

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.go import GoTemplate

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "templates"
DATA = json.loads((GOLDEN / "language.json").read_text())
GENERATED = json.loads((GOLDEN / "generated.json").read_text())


def _strategy():
    spec = importlib.util.spec_from_file_location("go_templates", HERE / "go_templates.py")
    module = sys.modules["go_templates"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.templates


templates = _strategy()

# What gotpl 0.1 does not do as Go does: the construct, and why it is left out of the templates both are given.
GOTPL_DIFFERS = {
    "break": "out of a with inside of a range it leaves the dot of that with behind",
    "loop variable in else": "in the else of a range it is 0, in Go all that was to be gone over",
    "nil": "as an argument it prints as <no value>, and printf does not count it; in Go it is <nil>",
    "other dot": "a template called without a value passes <no value> on as a text, and a missing key of it is no error",
    "printf flags": "signs, zeros and precisions combine in other ways",
    "printf of characters": "negative numbers are no characters: an error, in Go U+FFFD",
    "printf of containers": "a verb that does not fit is marked once for the whole list or map, in Go for each item",
}


def ours(template: str) -> str | None:
    try:
        return GoTemplate.parse(template).render(DATA)
    except TemplateError:
        return None


@pytest.mark.parametrize("entry", GENERATED, ids=range(len(GENERATED)))
def test_prints_what_go_prints(entry):
    assert ours(entry["template"]) == entry.get("text")


@pytest.mark.parametrize("entry", [one for one in GENERATED if "error" in one], ids=lambda one: one["error"][-40:])
def test_an_error_is_where_go_says_it_is(entry):
    """The line, and the column where Go tells it; Go counts bytes from 0, we characters from 1.

    What a range cannot go over is, for Go, where the last of the arguments was that made it.
    """
    line, column = re.match(r"template: :(\d+)(?::(\d+))?: ", entry["error"]).groups()
    with pytest.raises(TemplateError) as caught:
        GoTemplate.parse(entry["template"]).render(DATA)
    error = caught.value
    before = entry["template"].split("\n")[error.line - 1][: error.column - 1]
    assert error.line == int(line)
    assert column is None or "iterate" in error.message or len(before.encode()) == int(column)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(templates(without=GOTPL_DIFFERS))
def test_prints_what_gotpl_prints(template):
    """The same templates every time: where they differ, Go decides, and it is not here to be asked."""
    environment = gotpl.Environment(missing_key="zero", budget=gotpl.ExecutionBudget.strict())
    try:
        text = environment.from_string(template).render(DATA)
    except gotpl.TemplateError:
        text = None
    assert ours(template) == text
