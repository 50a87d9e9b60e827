"""The chat templates that llama.cpp publishes make the prompts that plain Jinja makes of them: `bash tests/vocabularies.sh` brings them.

What plain Jinja makes is kept in golden/templates/published.json; compare_published.py there made it. Plain Jinja itself is asked about
templates that are new or have changed with a later llama.cpp.
"""

from __future__ import annotations

import json
from pathlib import Path

import llama_cpp
import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.chat import ChatTemplate

from .test_jinja import published
from .test_tracing import MESSAGES, TOOL, traced

FOLDER = Path(__file__).parents[2] / "build" / "vocabularies" / llama_cpp.__version__ / "templates"
KEPT = json.loads(published.GOLDEN.read_text())
TEMPLATES = dict(published.published(FOLDER)) if FOLDER.is_dir() else {}


def test_there_are_templates_to_compare():
    assert len(TEMPLATES) >= 60, "the templates are missing: bash tests/vocabularies.sh"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_published_template_makes_the_prompts_that_plain_jinja_makes(name):
    text = TEMPLATES[name]
    expected = dict(KEPT.get(name, {}))
    if expected.pop("template", "") != published.short_hash(text):
        expected = {title: published.summary(prompt) for title, prompt in published.of_plain_jinja(text).items()}

    made = {title: published.summary(prompt) for title, prompt in published.of_ours(text).items()}

    allowed = {title for title, held in expected.items() if name in published.DIFFERENT and held == published.REFUSED}
    assert {title: made[title] for title in expected.keys() - allowed} == {title: expected[title] for title in expected.keys() - allowed}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_published_template_tells_where_each_piece_of_a_prompt_comes_from(name):
    for tools in ((), (TOOL,)):
        try:
            ChatTemplate("jinja", TEMPLATES[name]).render(MESSAGES, tools=tools, bos_token="<bos>")
        except TemplateError:  # it refuses such a conversation
            continue
        prompt, found = traced("jinja", TEMPLATES[name], tools=tools)
        assert found.sure
        assert "".join(part.text for part in found.parts) == prompt
        assert [part.text for part in found.parts if part.origin == "turn"] == ["So?"]
        assert any(place.taken for place in found.places)
