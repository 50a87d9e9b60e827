"""From a name to a model that can be used: in the store, or the pocket model on its first use."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from .. import pocket
from ..cancelling import CancelToken
from ..errors import BlobNotFound, GGUFError, InvalidName, LoadError, OllamaError
from ..events import Event, Progress
from ..modelfile import Modelfile
from ..names import ModelName
from ..store import Store, StoredModel
from .assemble import assemble
from .base import from_paths

T = TypeVar("T")

_POCKET = ModelName.parse(pocket.NAME)


def exists(store: Store, text: str) -> bool:
    """Whether ``resolve`` finds a model of that name."""
    try:
        name = ModelName.valid(text)
    except InvalidName:
        return False
    return name.same_as(_POCKET) or store.has(name)


def resolve(store: Store, text: str, cancel: CancelToken) -> Generator[Progress, None, StoredModel]:
    """Open a model by name and make sure its weights are what they were; ``pocket`` is imported when the store has no model of that name.

    Raises: InvalidName, ModelNotFound, BlobNotFound, CorruptManifest, DigestMismatch, and what an import raises.
    """
    name = ModelName.valid(text)
    if name.same_as(_POCKET) and not store.has(name):
        modelfile = Modelfile.parse((pocket.folder() / "Modelfile").read_text(encoding="utf-8"))
        with store.begin() as work:
            base = yield from from_paths(work, [pocket.folder()], None, cancel)
            yield from assemble(work, name, base, modelfile)
    model = store.open(name)
    yield from store.confirm(model, cancel)
    return model


def while_it_means_the_same(
    store: Store, text: str, attempt: Callable[[], Generator[Event, None, T]]
) -> Generator[Event, None, T]:
    """Do what begins with ``resolve``. If the name came to mean another model before that one was loaded, its files are gone: begin again.

    An answer that has begun ends on the old model: its engine has the files open.
    Raises: what the attempt raises.
    """
    name = ModelName.parse(text)
    while True:
        before = _digest(store, name)
        try:
            return (yield from attempt())
        except (LoadError, BlobNotFound, GGUFError):
            if _digest(store, name) == before:
                raise


def _digest(store: Store, name: ModelName) -> str:
    try:
        reader, found = store.find(name)
        return reader.tags.read(found).digest
    except OllamaError:  # whoever opens it will say why
        return ""
