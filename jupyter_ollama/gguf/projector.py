"""Projectors: the part of a model that turns images or sound into embeddings, in a GGUF file of its own (often called mmproj)."""

from __future__ import annotations

from collections.abc import Mapping

from .index import GGUFIndex
from .values import Typed, text

_ENCODERS = {"vision": "clip.has_vision_encoder", "audio": "clip.has_audio_encoder"}
_TYPES = ("clip.projector_type", "clip.vision.projector_type")
_OLDEST_TYPE = "mlp"


def is_projector(index: GGUFIndex) -> bool:
    """Whether a file is a projector: it says so, or it has vision blocks and none for text, or it is a CLIP model with an encoder."""
    if index.metadata.get("general.type") in ("projector", "mmproj"):
        return True
    if index.of_architecture("block_count"):
        return False
    return bool(index.of_architecture("vision.block_count")) or (index.architecture == "clip" and bool(senses(index)))


def senses(index: GGUFIndex) -> tuple[str, ...]:
    """What a projector, or a model with one inside, takes besides text: ``vision``, ``audio``."""
    if index.architecture == "clip":
        return tuple(sense for sense, key in _ENCODERS.items() if index.metadata.get(key) is True)
    return tuple(sense for sense in _ENCODERS if index.of_architecture(f"{sense}.block_count"))


def with_type(index: GGUFIndex) -> Mapping[str, Typed]:
    """The metadata with the projector's type. Files older than that key are of the one type there was; others stay as they are."""
    held = index.metadata.typed
    if index.architecture != "clip" or "vision" not in senses(index) or any(key in held for key in _TYPES):
        return held
    return {**held, _TYPES[0]: text(_OLDEST_TYPE)}
