"""Translations for widgets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_ollama.notebook.desk.catalogue import translations

from .conftest import Say


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "locale" / "zh_CN" / "LC_MESSAGES"
    place.mkdir(parents=True)
    held = {"": {"language": "zh_CN"}, "Delete": ["删除"], "%1 model": ["%1 个模型"], "Stop": "停止", "nothing": [], "odd": [7]}
    (place / "jupyter_ollama.json").write_text(json.dumps(held), encoding="utf-8")
    return tmp_path / "locale"


@pytest.mark.parametrize("language", ["zh_CN", "zh-CN", "zh_cn", "zh", "zh-Hans-CN", "zh_CN.UTF-8"])
def test_a_language_has_its_texts_however_it_is_written(folder: Path, language: str) -> None:
    assert translations(language, folder) == {"Delete": "删除", "%1 model": "%1 个模型", "Stop": "停止"}


@pytest.mark.parametrize("language", ["de", "en_US", "", "../zh_CN", "zh_CN/../../x", "\0", "x" * 1000, "zz_ZZ"])
def test_another_language_has_none(folder: Path, language: str) -> None:
    assert translations(language, folder) == {}


def test_without_any_catalogue_there_are_no_texts(tmp_path: Path, say: Say) -> None:
    assert translations("zh_CN", tmp_path / "gone") == {}
    assert say("catalogue", language="xx") == {}
