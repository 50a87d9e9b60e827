"""A model opened: what show knows, its layers, and their content a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...models import Content, Deleted, LayerInfo, ModelInfo, ModelSummary, Removal
from ...pieces import Pieces
from .answers import message
from .library import model
from .plain import EXACT, plain, said, text

Json = dict[str, Any]
LONGEST = 1_000_000
"""Characters of a text that is told; its layer has all of it."""


def details(info: ModelInfo, listed: ModelSummary, aliases: Iterable[str]) -> Json:
    """All about a model; ``listed`` is its row in the list."""
    family = info.metadata.get("general.architecture") or info.details.family
    context, embedding = (info.metadata.get(f"{family}.{key}") for key in ("context_length", "embedding_length"))
    return {
        **model(listed),
        "capabilities": list(info.capabilities),
        "layers": [layer(one) for one in info.layers],
        "aliases": list(aliases),
        "modelfile": text(info.modelfile[:LONGEST]),
        "system": text(info.system[:LONGEST]),
        "parametersSet": plain(info.parameters),
        "context": _whole(context) or info.details.context_length,
        "embedding": _whole(embedding) or info.details.embedding_length,
        "parameterCount": info.parameter_count,
        "tensorCount": info.tensor_count,
        "notes": [said(one) for one in info.notes],
        "requires": text(info.requires),
    }


def layer(one: LayerInfo) -> Json:
    """A layer, and who else holds it."""
    return {
        "kind": text(one.kind),
        "mediaType": text(one.media_type),
        "digest": one.digest,
        "size": one.size_bytes,
        "from": text(one.from_model),
        "shared": list(one.shared_with),
        "name": text(one.name),
    }


def content(held: Content) -> Json:
    """A layer as a text."""
    return {
        "kind": text(held.kind),
        "text": text(held.text),
        "pieces": pieces(held.pieces),
        "messages": [message(one) for one in held.messages],
        "cut": held.cut,
    }


def pieces(held: Pieces) -> list[list[str]]:
    """A text with its parts named."""
    return [[style, text(part)] for style, part in held]


def page(total: int, offset: int, rows: Iterable[Json]) -> Json:
    """Some rows of many."""
    return {"total": total, "offset": offset, "rows": list(rows)}


def removal(done: Deleted | Removal) -> Json:
    """What deleting frees, and what stays for whom. Units: bytes."""
    kept = [{"kind": text(one.kind), "size": one.size_bytes, "heldBy": list(one.held_by)} for one in done.kept]
    return {"names": list(done.names), "freed": done.freed_bytes, "kept": kept}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < EXACT else 0
