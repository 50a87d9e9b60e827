"""``metadata``, ``tensors`` and ``content``: a model's layers from the inside."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from ..cancelling import CancelToken
from ..errors import BlobNotFound, NotSupported
from ..events import Progress
from ..gguf import GGUFIndex, read_shards, whole
from ..manifest import (
    ADAPTER,
    CONFIG_TYPE,
    DRAFT,
    JSON,
    MESSAGES,
    MODEL,
    PARAMS,
    PROJECTOR,
    PROMPT,
    TEMPLATE,
    TENSOR,
    Layer,
    Manifest,
)
from ..messages import ROLES, Message
from ..models import Content
from ..names import Digest, ModelName
from ..pieces import Pieces, of_json
from ..sentences import Sentence
from ..store import Store, StoreReader
from ..template.pieces import go_pieces, jinja_pieces
from .resolve import resolve

if TYPE_CHECKING:
    from ..gguf.numbers import Numbers

MAX_BYTES = 1 << 20
"""How much of a text is shown."""
GGUF = (MODEL, ADAPTER, PROJECTOR, DRAFT)
Made = tuple[str, Pieces, tuple[Message, ...]]


def header(store: Store, name: str, digest: str, cancel: CancelToken) -> Generator[Progress, None, GGUFIndex]:
    """The header of one of a model's GGUF layers; without a digest, that of its weights, however many files they are in.

    A header that was read lately is not read again.
    Raises: InvalidName, ModelNotFound, BlobNotFound, CorruptManifest, NotSupported for a layer of another kind, GGUFError.
    """
    return whole((yield from _headers(store, name, digest, cancel)))


def numbers_of(
    store: Store, name: str, tensor: str, digest: str, start: int, stop: int | None, cancel: CancelToken
) -> Generator[Progress, None, Numbers]:
    """The numbers of a tensor, or of some of its rows. Shapes: (rows, row length).

    Raises: as ``header``; NotSupported for a tensor that is not there, or of a type that cannot be unpacked.
    """
    for index in (yield from _headers(store, name, digest, cancel)):
        for found in index.tensors:
            if found.name == tensor:
                from ..gguf.numbers import numbers  # numpy is imported for those who need it

                return numbers(index.path, found, start, stop)
    raise NotSupported(Sentence("%1 has no tensor %2.", name, repr(tensor)), hint="tensors() lists them.", name=name, capabilities=())


def _headers(store: Store, name: str, digest: str, cancel: CancelToken) -> Generator[Progress, None, Sequence[GGUFIndex]]:
    """One header for each file."""
    reader, manifest = yield from _opened(store, name, cancel)
    if digest:
        layer = _layer(name, manifest, digest)
        if layer.media_type not in GGUF:
            raise _other_kind(name, layer, "is no GGUF and has no metadata", "Look at its content.")
        return [reader.header(layer.digest)]
    weights = manifest.of(MODEL)
    if not weights:
        raise NotSupported(Sentence("%1 has no GGUF weights here.", name), hint="Ask for one of its layers.", name=name, capabilities=())
    if len(weights) > 1:
        return read_shards(*(reader.blobs.require(layer.digest) for layer in weights))
    return [reader.header(weights[0].digest)]


def content(store: Store, name: str, digest: str, *, cancel: CancelToken) -> Generator[Progress, None, Content]:
    """A layer as a text: template, system, licence; parameters, messages and config as indented JSON. Of a GGUF it is the chat template
    inside.

    Raises: InvalidName, ModelNotFound, BlobNotFound, CorruptManifest, StoreError, GGUFError; NotSupported for a layer of tensors.
    """
    reader, manifest = yield from _opened(store, name, cancel)
    layer = _layer(name, manifest, digest)
    if layer.media_type == TENSOR:
        raise _other_kind(name, layer, "has numbers, no text", "")
    if layer.media_type in GGUF:
        text = reader.header(layer.digest).chat_template or ""
        return Content("template", str(layer.digest), text[:MAX_BYTES], jinja_pieces(text[:MAX_BYTES]), cut=len(text) > MAX_BYTES)
    raw = reader.blobs.head(layer.digest, MAX_BYTES + 1)
    cut = len(raw) > MAX_BYTES
    text = raw[:MAX_BYTES].decode("utf-8", "ignore" if cut else "replace")
    shown, pieces, messages = (text, (), ()) if cut else _SHOWN.get(layer.media_type, _as_it_is)(text)
    return Content(layer.info.kind, str(layer.digest), shown, pieces, messages, cut)


def _opened(store: Store, name: str, cancel: CancelToken) -> Generator[Progress, None, tuple[StoreReader, Manifest]]:
    wanted = ModelName.valid(name)
    if not store.has(wanted):
        wanted = (yield from resolve(store, name, cancel)).name
    reader, found = store.find(wanted)
    return reader, reader.tags.read(found)


def _layer(name: str, manifest: Manifest, digest: str) -> Layer:
    """Raises: InvalidName; BlobNotFound for a digest that is none of the model's."""
    wanted = Digest.parse(digest)
    found = next((layer for layer in manifest.blobs if layer.digest.hex.lower() == wanted.hex.lower()), None)
    if found is None:
        hint = "The name has perhaps got another meaning: open it again."
        raise BlobNotFound(Sentence("%1 has no layer %2.", name, wanted), hint=hint, digest=str(wanted), name=name)
    return found


def _other_kind(name: str, layer: Layer, what: str, hint: str) -> NotSupported:
    return NotSupported(
        Sentence("the %1 of %2 %3.", layer.info.kind, name, Sentence.of(what)), hint=hint or None, name=name, capabilities=()
    )


def _as_it_is(text: str) -> Made:
    return text, (), ()


def _template(text: str) -> Made:
    return text, go_pieces(text), ()


def _indented(text: str) -> Made:
    """JSON with its lines; what is none stays as it is."""
    shown = _json(text)[0]
    return shown, of_json(shown), ()


def _messages(text: str) -> Made:
    shown, held = _json(text)
    turns = held if isinstance(held, list) else []
    found = tuple(
        Message(turn["role"], turn["content"]) for turn in turns
        if isinstance(turn, dict) and turn.get("role") in ROLES and isinstance(turn.get("content"), str)
    )  # fmt: skip
    return shown, of_json(shown), found


def _json(text: str) -> tuple[str, Any]:
    try:
        held = json.loads(text)
        return json.dumps(held, ensure_ascii=False, indent=2), held
    except (ValueError, RecursionError):
        return text, None


_SHOWN: dict[str, Callable[[str], Made]] = {
    **dict.fromkeys((TEMPLATE, PROMPT), _template),
    **dict.fromkeys((PARAMS, JSON, CONFIG_TYPE), _indented),
    MESSAGES: _messages,
}
