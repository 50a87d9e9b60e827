"""ADAPTER: a LoRA for the model of FROM, as a GGUF file, or as a folder of PEFT or MLX that becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..cancelling import CancelToken
from ..convert import read_settings
from ..engine.builder import BuildJob, build
from ..errors import SourceError
from ..gguf import GGUFIndex, read_index
from ..gguf.adapter import check_adapter
from ..manifest import ADAPTER, MODEL, Layer
from ..sentences import Sentence
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
            raise SourceError(
                Sentence("%1 holds %2 files.", path, len(files.weights)), hint="Only one adapter is currently supported.", path=path
            )
        index = read_index(files.weights[0])
        if kind_of(index) != ADAPTER:
            raise SourceError(Sentence("%1 is not a LoRA adapter.", path), hint="Use it with FROM if it is a model.", path=path)
        return cls(path, index)


def add_adapter(store: Store, base: Base, adapter: Adapter, cancel: CancelToken) -> Step:
    """Add an adapter behind those that are inherited.

    Raises: SourceError and its kin when it is for another model or cannot be converted; DiskFull, StoreError, EngineCrashed, Cancelled.
    """
    models = [layer for layer in base.layers if layer.media_type == MODEL]
    if not models:
        raise SourceError(
            Sentence("ADAPTER %1: no base model was found.", adapter.path), hint="FROM must name a model with GGUF weights.",
            path=adapter.path,
        )  # fmt: skip
    model = store.blobs.require(models[0].digest)
    if adapter.index is not None:
        check_adapter(adapter.index, read_index(model))
        return base + (yield from store_weights(store, Weights(ADAPTER, None, (adapter.index,)), None, cancel))
    with store.blobs.reserve() as temporary:
        built = yield from build(BuildJob(adapter.path, "adapter", temporary, base=model), cancel)
        new = store.blobs.adopt(temporary, built.digest)
    layer = Layer(ADAPTER, built.digest, built.size)
    return base + Base((layer,), new=frozenset({str(built.digest)} if new else ()), notes=built.notes)
