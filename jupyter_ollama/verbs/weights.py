"""From files on the disk to layers of weights: what each GGUF file is, which files make one model, how they get into the store."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..cancelling import CancelToken
from ..engine.builder import BuildJob, build
from ..errors import SourceError
from ..events import Progress
from ..gguf import GGUFIndex, Shards, gather, read_index, validate, whole
from ..gguf.adapter import check_adapter
from ..gguf.projector import is_projector, with_type
from ..manifest import ADAPTER, MODEL, PROJECTOR, Config, Layer, human_count
from ..quantization import Quantize
from ..sentences import Sentence
from ..sources import pick_files
from ..store import Store

Step = Generator[Progress, None, "Base"]


@dataclass(frozen=True, slots=True)
class Base:
    """Layers in order, the config that describes the weights, and which blobs this work added to the store."""

    layers: tuple[Layer, ...] = ()
    config: Config = field(default_factory=Config)
    new: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Base) -> Base:
        config = self.config if self.config.model_family else other.config
        return Base(self.layers + other.layers, config, self.new | other.new, self.notes + other.notes)


@dataclass(frozen=True, slots=True)
class Weights:
    """One model, projector or adapter on the disk: a Hugging Face folder, or a GGUF in one file or several."""

    media_type: str
    folder: Path | None = None
    shards: Shards = ()

    @property
    def path(self) -> Path:
        """What the user knows it by."""
        return self.folder or self.shards[0].path

    @property
    def index(self) -> GGUFIndex:
        return whole(self.shards)


def find(paths: Sequence[Path]) -> Generator[Progress, None, tuple[Weights, ...]]:
    """What lies at these paths, models first. Only headers are read.

    Raises: SourceError and its kin.
    """
    folders: dict[Path, None] = {}
    files: dict[Path, None] = {}
    for path in paths:
        picked = pick_files(path)
        if picked.kind == "adapter":
            raise an_adapter(path)
        if picked.kind == "gguf":
            files |= dict.fromkeys(picked.weights)
        else:
            folders[picked.folder] = None
    if files:
        yield Progress("reading_gguf")
    found = [Weights(MODEL, folder) for folder in folders]
    found += [Weights(kind_of(whole(shards)), None, shards) for shards in gather([read_index(path) for path in files])]
    return tuple(sorted(found, key=lambda weights: weights.media_type != MODEL))


def store_weights(
    store: Store, weights: Weights, quantize: Quantize | None, cancel: CancelToken, adapter: Path | None = None
) -> Step:  # fmt: skip
    """Take weights into the store as one layer; a GGUF that stays as it is is not copied where it can be linked.

    Args:
        adapter: one that the model will get. If it is for another model, nothing is written.
    Raises: SourceError and its kin, DiskFull, StoreError, EngineCrashed, Cancelled.
    """
    if weights.folder is not None:
        return (yield from build_weights(store, weights, quantize, cancel, adapter))
    index, is_model = weights.index, weights.media_type == MODEL
    if is_model:
        validate(index)
    if len(weights.shards) > 1 or with_type(index) is not index.metadata.typed:
        return (yield from build_weights(store, weights, quantize if is_model else None, cancel, adapter if is_model else None))
    if is_model and quantize is not None and not quantize.is_done(index.file_type):
        return (yield from build_weights(store, weights, quantize, cancel, adapter))
    if is_model and adapter is not None:
        _require_fit(adapter, index)
    digest, size, new = yield from store.blobs.import_file(weights.path, cancel)
    config = describe(index) if is_model else Config()
    return Base((Layer(weights.media_type, digest, size),), config, frozenset({str(digest)} if new else ()))


def build_weights(
    store: Store, weights: Weights, quantize: Quantize | None, cancel: CancelToken, adapter: Path | None = None
) -> Step:  # fmt: skip
    """Convert, merge and quantize in one pass into the store. ``adapter``: as for `store_weights`.

    Raises: SourceError and its kin, DiskFull, StoreError, EngineCrashed, Cancelled.
    """
    shards = tuple(shard.path for shard in weights.shards) if len(weights.shards) > 1 else ()
    with store.blobs.reserve() as temporary:
        how = how_of(quantize)
        job = BuildJob(weights.path, "folder" if weights.folder else "gguf", temporary, shards=shards, adapter=adapter, **how)
        built = yield from build(job, cancel)
        index = read_index(temporary)
        new = store.blobs.adopt(temporary, built.digest)
    config = describe(index) if weights.media_type == MODEL else Config()
    return Base(
        (Layer(weights.media_type, built.digest, built.size),), config, frozenset({str(built.digest)} if new else ()), built.notes
    )  # fmt: skip


def _require_fit(adapter: Path, base: GGUFIndex) -> None:
    """Look before a file is copied. Safetensors are looked at when they are converted, which takes what the kernel does not import.

    Raises: SourceError.
    """
    files = pick_files(adapter, adapter=True)
    if files.kind == "gguf":
        check_adapter(read_index(files.weights[0]), base)


def how_of(quantize: Quantize | None) -> dict[str, Any]:
    """What a ``BuildJob`` says about it."""
    return {} if quantize is None else {
        "quantize": quantize.target.name, "tensor_types": tuple((choice.pattern, choice.type) for choice in quantize.choices),
        "imatrix": quantize.imatrix, "requantize": quantize.requantize,
    }  # fmt: skip


def an_adapter(path: Path) -> SourceError:
    """The error for an adapter where a model should be."""
    return SourceError(Sentence("%1 is a LoRA adapter, not a model.", path), hint="Put it on an ADAPTER line below FROM.", path=path)


def kind_of(index: GGUFIndex) -> str:
    """The media type of a GGUF: model, adapter or projector.

    Raises: SourceError for a CLIP file that is none of them.
    """
    if index.metadata.get("general.type") == "adapter":
        return ADAPTER
    if is_projector(index):
        return PROJECTOR
    if index.architecture == "clip":
        raise SourceError(
            Sentence("%1 is a CLIP file without an encoder for images or sound.", index.path),
            hint="Get the projector of this model again.", path=index.path,
        )  # fmt: skip
    return MODEL


def describe(index: GGUFIndex) -> Config:
    """The config blob for these weights."""
    return Config(
        model_format="gguf",
        model_family=index.architecture,
        model_families=(index.architecture,),
        model_type=human_count(index.parameter_count),
        file_type=index.file_type,
    )
