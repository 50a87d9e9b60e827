"""``copy``: a second name for a model."""

from __future__ import annotations

from collections.abc import Generator

from ..cancelling import CancelToken
from ..events import Progress
from ..names import ModelName
from ..store import Store
from .resolve import resolve
from .take_over import take_over


def copy(store: Store, source: str, destination: str, *, cancel: CancelToken) -> Generator[Progress, None, str]:
    """Give a model a second name; nothing is duplicated on the disk. Returns the new name as the store spells it.

    A model of a system-wide Ollama comes into the own store that way, under the new name.
    Raises: InvalidName, ModelNotFound, StoreError and its kin, Cancelled.
    """
    target = ModelName.valid(destination)
    stored = yield from resolve(store, source, cancel)
    if stored.root == store.root:
        return str(store.copy(stored.name, target))
    with store.begin() as work:
        yield from take_over(work, stored, stored.manifest.blobs, cancel)
        return str(work.tag(target, stored.manifest))
