"""Chat templates: tokenizer_config.json (one text, or a list of named ones), chat_template.jinja, chat_template.json."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...gguf.values import Typed, text, texts
from .files import TokenizerFiles, dicts

JINJA = "chat_template.jinja"
JSON = "chat_template.json"
MORE = "additional_chat_templates"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def template_keys(files: TokenizerFiles) -> dict[str, Typed]:
    """``tokenizer.chat_template``, and the named templates beside it.

    Raises: SourceError when a file is broken.
    """
    named = _named(files.config.get("chat_template")) or _named(_elsewhere(files))
    more = {name: value for name, value in named.items() if name != "default"}
    keys = {}
    if more:
        keys["tokenizer.chat_templates"] = texts(more)
        keys |= {f"tokenizer.chat_template.{name}": text(value) for name, value in more.items()}
    if "default" in named:
        keys["tokenizer.chat_template"] = text(named["default"])
    return keys


def _elsewhere(files: TokenizerFiles) -> Any:
    folder = files.folder
    found = folder.text(JINJA)
    if found is None:
        return (folder.json(JSON) or {}).get("chat_template")
    more = sorted((folder.path / MORE).glob("*.jinja"))
    return {"default": found, **{path.stem: folder.text(f"{MORE}/{path.name}") for path in more}}


def _named(held: Any) -> Mapping[str, str]:
    """Templates by name; what is no template is left out."""
    if isinstance(held, str):
        return {"default": held}
    if isinstance(held, list):
        held = {str(entry.get("name")): entry.get("template") for entry in dicts(held)}
    if not isinstance(held, dict):
        return {}
    return {name: value for name, value in held.items() if isinstance(name, str) and isinstance(value, str) and _NAME.fullmatch(name)}
