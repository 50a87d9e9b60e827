"""ADAPTER: a LoRA for the model of FROM, as a GGUF file, or as a folder of PEFT or MLX that becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..convert import read_settings
from ..engine.builder import BuildJob, build
from ..errors import SourceError
from ..gguf import GGUFIndex, read_index
from ..gguf.adapter import check_adapter
from ..manifest import ADAPTER, MODEL, Layer
from ..run import CancelToken
from ..sources import pick_files
from ..store import Store
from .weights import Base, Step, Weights, kind_of, store_weights


@dataclass(frozen=True, slots=True)
class Adapter:
    """What an ADAPTER line names. ``index``: of a GGUF; None where safetensors have to be converted."""

    path: Path
    index: GGUFIndex | None

    @classmethod
    def at(cls, path: Path) -> Adapter:
        """Look at it, before anything costly is done. Only headers and small files are read.

        Raises: SourceError when there is none, or one that cannot be used whatever the model is.
        """
        files = pick_files(path, adapter=True)
        if files.kind != "gguf":
            read_settings(files.folder)
            return cls(path, None)
        if len(files.weights) > 1:
            raise SourceError(f"{path} holds {len(files.weights)} files.", hint="Only one adapter is currently supported.", path=path)
        index = read_index(files.weights[0])
        if kind_of(index) != ADAPTER:
            raise SourceError(f"{path} is not a LoRA adapter.", hint="Use it with FROM if it is a model.", path=path)
        return cls(path, index)


def add_adapter(store: Store, base: Base, adapter: Adapter, cancel: CancelToken) -> Step:
    """Add an adapter behind those that are inherited.

    Raises: SourceError and its kin when it is for another model or cannot be converted; DiskFull, StoreError, EngineCrashed, Cancelled.
    """
    models = [layer for layer in base.layers if layer.media_type == MODEL]
    if not models:
        raise SourceError(
            f"ADAPTER {adapter.path}: no base model was found.", hint="FROM must name a model with GGUF weights.", path=adapter.path
        )
    model = store.blobs.require(models[0].digest)
    if adapter.index is not None:
        check_adapter(adapter.index, read_index(model))
        return base + (yield from store_weights(store, Weights(ADAPTER, None, (adapter.index,)), None, cancel))
    with store.blobs.reserve() as temporary:
        built = yield from build(BuildJob(adapter.path, "adapter", temporary, base=model), cancel)
        new = store.blobs.adopt(temporary, built.digest)
    layer = Layer(ADAPTER, built.digest, built.size)
    return base + Base((layer,), new=frozenset({str(built.digest)} if new else ()), notes=built.notes)
