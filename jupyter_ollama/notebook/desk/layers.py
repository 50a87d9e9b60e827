"""The inside of a model's layers: content of the small ones, metadata and tensors of the large ones, a page at a time."""

from __future__ import annotations

from typing import Any

from ...wire.panel import opened
from ...wire.panel.plain import EXACT, plain, text
from .ask import Ask

Json = dict[str, Any]
MOST_ROWS = 500
PAGE_CHARACTERS = 400_000
"""About how much text a page carries."""


def content(ask: Ask) -> Json:
    """See ``Verbs.content``."""
    return opened.content(ask.ollama.content(ask.text("name"), ask.text("digest")))


def metadata(ask: Ask) -> Json:
    """See ``Verbs.metadata``."""
    offset, limit = _page(ask)
    found = ask.ollama.metadata(ask.text("name"), ask.text("digest", "")).find(ask.text("search", ""))
    entries = found.entries(offset, limit, characters=_characters(limit))
    told = ({"key": text(one.key), "type": one.type, "value": text(one.text), "length": one.length} for one in entries)
    return opened.page(len(found), offset, told)


def elements(ask: Ask) -> Json:
    """See ``Verbs.elements``."""
    offset, limit = _page(ask)
    key = ask.text("key")
    array = ask.ollama.metadata(ask.text("name"), ask.text("digest", "")).arrays.get(key)
    if array is None:
        raise ask.refuse(f"there is no array {key!r:.200}.")
    found, most = array.find(ask.text("search", "")), _characters(limit)
    told = ({"index": index, "value": text(array.texts(index, index + 1)[0][:most])} for index in found[offset : offset + limit])
    return opened.page(len(found), offset, told)


def tensors(ask: Ask) -> Json:
    """See ``Verbs.tensors``."""
    offset, limit = _page(ask)
    found = ask.ollama.tensors(ask.text("name"), ask.text("digest", "")).find(ask.text("search", ""))
    told = (
        {"name": text(one.name), "type": one.type.name, "shape": plain(one.shape), "size": one.nbytes, "offset": one.offset}
        for one in found[offset : offset + limit]
    )
    return opened.page(len(found), offset, told)


def _page(ask: Ask) -> tuple[int, int]:
    return ask.number("offset", 0, most=EXACT), ask.number("limit", 100, most=MOST_ROWS)


def _characters(limit: int) -> int:
    """How long a text may be if so many are told."""
    return PAGE_CHARACTERS // max(20, limit)
