"""``copy``: a second name for a model."""

from __future__ import annotations

from collections.abc import Generator

from ..events import Progress
from ..names import ModelName
from ..run import CancelToken
from ..store import Store
from .resolve import resolve


def copy(store: Store, source: str, destination: str, *, cancel: CancelToken) -> Generator[Progress, None, str]:
    """Give a model a second name; nothing is duplicated on the disk. Returns the new name as the store spells it.

    Raises: InvalidName, ModelNotFound.
    """
    target = ModelName.valid(destination)
    stored = yield from resolve(store, source, cancel)
    return str(store.copy(stored.name, target))
