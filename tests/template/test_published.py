"""The chat templates that llama.cpp publishes make the prompts that plain Jinja makes of them: `bash tests/vocabularies.sh` brings them.

What plain Jinja makes is kept in golden/templates/published.json; compare_published.py there made it.
"""

from __future__ import annotations

import json
from pathlib import Path

import llama_cpp
import pytest

from .test_jinja import published

FOLDER = Path(__file__).parents[2] / "build" / "vocabularies" / llama_cpp.__version__ / "templates"
EXPECTED = json.loads(published.GOLDEN.read_text())


def test_each_published_template_is_compared():
    assert FOLDER.is_dir(), "the templates are missing: bash tests/vocabularies.sh"
    assert {path.stem for path in FOLDER.glob("*.jinja")} == set(EXPECTED)
    assert len(EXPECTED) >= 70


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_makes_the_prompts_that_plain_jinja_makes(name):
    [text] = [text for found, text in published.published(FOLDER, name)]
    expected = dict(EXPECTED[name])
    assert published.short_hash(text) == expected.pop("template")

    made = {title: published.summary(prompt) for title, prompt in published.of_ours(text).items()}

    allowed = {title for title, held in expected.items() if name in published.DIFFERENT and held == published.REFUSED}
    assert {title: held for title, held in made.items() if title not in allowed} == {
        title: held for title, held in expected.items() if title not in allowed
    }
