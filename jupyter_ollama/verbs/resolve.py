"""From a name to a model that can be used: in the store, or the pocket model on its first use."""

from __future__ import annotations

from collections.abc import Generator

from .. import pocket
from ..errors import InvalidName
from ..events import Progress
from ..modelfile import Modelfile
from ..names import ModelName
from ..run import CancelToken
from ..store import Store, StoredModel
from .assemble import assemble
from .base import from_paths

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
