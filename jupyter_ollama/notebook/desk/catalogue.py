"""Translations for widgets, which have no translator of their own: the same catalogue that JupyterLab reads."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

from ...json_file import read_json
from .ask import Ask

FOLDER = Path(str(importlib.import_module("jupyter_ollama").__file__)).parent / "locale"
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[_-]([A-Za-z0-9]{2,4}))?(?:[._@-][A-Za-z0-9._@-]*)?", re.ASCII)


def catalogue(ask: Ask) -> dict[str, str]:
    """See ``Verbs.catalogue``."""
    return translations(ask.text("language"), FOLDER)


def translations(language: str, folder: Path) -> dict[str, str]:
    """English texts and what they are in a language such as ``zh_CN`` or ``zh-Hans-CN``; nothing for one that is not there."""
    found = _LANGUAGE.fullmatch(language[:40])
    if found is None:
        return {}
    wanted = [f"{found[1].lower()}_{(found[2] or '').upper()}", found[1].lower()]
    known = sorted(place.name for place in folder.iterdir()) if folder.is_dir() else []
    name = next((one for want in wanted for one in known if one == want or one.startswith(f"{want}_")), None)
    path = folder / str(name) / "LC_MESSAGES" / "jupyter_ollama.json"
    return _texts(read_json(path)) if name and path.is_file() else {}


def _texts(held: dict[str, Any]) -> dict[str, str]:
    """The catalogue without its head; of texts with several forms the last one, which is that for many."""
    forms = {text: form if isinstance(form, list) else [form] for text, form in held.items() if text}
    return {text: form[-1] for text, form in forms.items() if form and isinstance(form[-1], str)}
