"""The answer of tags, which is kept for as long as the models are the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from jupyter_ollama.models import ModelSummary
from jupyter_ollama.wire.listing import Tags

MARIO = ModelSummary("mario:latest", "0" * 64, 5, datetime(2026, 11, 28, tzinfo=UTC))


def names(answer: bytes) -> list[str]:
    return [model["name"] for model in json.loads(answer)["models"]]


def test_an_answer_about_the_same_models_is_not_made_again() -> None:
    tags = Tags()

    assert tags.answer([MARIO]) is tags.answer([replace(MARIO)])
    assert names(tags.answer([MARIO])) == ["mario:latest"]


def test_whatever_changes_shows() -> None:
    tags, luigi = Tags(), replace(MARIO, name="luigi:latest")
    told = [tags.answer(models) for models in ([MARIO], [MARIO, luigi], [luigi, MARIO], [luigi], [replace(luigi, size_bytes=6)], [])]

    assert len(set(told)) == len(told)
    assert names(told[2]) == ["luigi:latest", "mario:latest"]
    assert told[-1] == b'{"models":[]}'
