"""Bringing what lies in the store of a system-wide Ollama into the own store, where it may be built upon."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace

from ..cancelling import CancelToken
from ..errors import DigestMismatch
from ..events import Progress
from ..manifest import Layer
from ..sentences import Sentence
from ..store import Store, StoredModel


def take_over(
    store: Store, model: StoredModel, layers: Iterable[Layer], cancel: CancelToken
) -> Generator[Progress, None, frozenset[str]]:
    """Link or copy these layers of a model into the store if they are not there. Gives the digests of those that are new to it.

    Called inside ``Store.begin``, which takes them back when the work fails.
    Raises: BlobNotFound, DigestMismatch when one is damaged, DiskFull, StoreError, Cancelled.
    """
    reader, new = store.service, set[str]()
    if reader is None or model.root != reader.root:
        return frozenset()
    for layer in dict.fromkeys(replace(layer, from_model="", name="") for layer in layers):
        if not store.blobs.reuse(layer.digest, layer.size):
            path, what = reader.blobs.require(layer.digest), Sentence("the %1 of %2", layer.kind, model.name)
            found, _, added = yield from store.blobs.import_file(path, cancel, what=what)
            if added:
                new.add(str(found))
            if found != layer.digest:
                raise DigestMismatch(
                    Sentence("blob %1 of the system-wide store at %2 is damaged: its content hashes to %3.",
                             layer.digest, reader.root, found),
                    hint="Pull the model again with Ollama.", expected=str(layer.digest), actual=str(found),
                )  # fmt: skip
    return frozenset(new)
