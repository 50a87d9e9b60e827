"""``ps`` and ``stop``: the models in memory."""

from __future__ import annotations

from ..engine.scheduler import Engines
from ..errors import OllamaError
from ..models import Details, LoadedList, LoadedModel
from ..names import ModelName
from ..store import Store


def ps(store: Store, engines: Engines) -> LoadedList:
    """Loaded models, latest expiry first."""
    rows = [
        LoadedModel(
            one.name, one.digest, one.size_bytes, one.processor, one.n_ctx, one.expires_at, _details(store, one.name), one.gpu_bytes
        )
        for one in engines.loaded()
    ]
    return LoadedList(sorted(rows, key=lambda row: (row.expires_at is not None, -(row.expires_at.timestamp() if row.expires_at else 0))))


def _details(store: Store, name: str) -> Details:
    """What the store says of a model now; nothing if it is no longer there."""
    try:
        reader, found = store.find(ModelName.parse(name))
        manifest = reader.tags.read(found)
        return reader.details(manifest, reader.config(manifest))
    except OllamaError:
        return Details()


def stop(store: Store, engines: Engines, name: str) -> None:
    """Unload a model. It is no mistake when it is not loaded.

    Raises: InvalidName, ModelNotFound.
    """
    wanted = ModelName.valid(name)
    running = {name for one in engines.loaded(loading=True) for name in one.names if ModelName.parse(name).same_as(wanted)}
    stopped = [engines.stop(name) for name in running]
    if not stopped and not store.has(wanted):
        raise store.not_found(wanted)
