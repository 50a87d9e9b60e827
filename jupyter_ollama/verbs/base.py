"""The layers a model starts from: a local GGUF, a local folder, or a model of the store; quantized on the way when asked."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..engine.builder import BuildJob, build
from ..errors import SourceError
from ..events import Progress
from ..gguf import GGUFIndex, read_index, validate
from ..manifest import ADAPTER, MODEL, PROJECTOR, Config, Layer, human_count
from ..quantization import Quantization
from ..run import CancelToken
from ..sources import pick_files
from ..store import Store, StoredModel

_Step = Generator[Progress, None, "Base"]


@dataclass(frozen=True, slots=True)
class Base:
    """Layers in order, the config that describes the weights, and which blobs this work added to the store."""

    layers: tuple[Layer, ...] = ()
    config: Config = field(default_factory=Config)
    new: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Base) -> Base:
        config = self.config if self.config.model_family else other.config
        if self.config.model_family and other.config.model_family:
            config = replace(config, model_families=self.config.model_families + other.config.model_families)
        return Base(self.layers + other.layers, config, self.new | other.new, self.notes + other.notes)


def from_paths(store: Store, paths: Sequence[Path], quantize: Quantization | None, cancel: CancelToken) -> _Step:
    """Import what FROM names on the disk: one folder, or one or several GGUF files (weights and projector).

    Raises: SourceError and its kin, DiskFull, EngineCrashed, Cancelled.
    """
    base = Base()
    try:
        for path in paths:
            base += yield from _from_path(store, path, quantize, cancel)
    except BaseException:
        store.forget(base.new)
        raise
    models = sum(layer.media_type == MODEL for layer in base.layers)
    if models != 1:
        store.forget(base.new)
        problem = "holds no model weights" if not models else f"holds {models} models"
        raise SourceError(f"{paths[0]} {problem}.", hint="FROM needs the file of one model.", path=paths[0])
    return base


def from_model(store: Store, model: StoredModel, quantize: Quantization | None, cancel: CancelToken) -> _Step:
    """Take over every layer of a model of the store; only its weights change, and only when a quantization is asked for.

    Raises: QuantizationError, BlobNotFound, Cancelled.
    """
    inherited = str(model.name)
    layers = tuple(replace(layer, from_model=inherited) for layer in model.manifest.layers)
    index = read_index(model.path)
    config = replace(
        describe(index),
        renderer=model.config.renderer, parser=model.config.parser, requires=model.config.requires,
        capabilities=model.config.capabilities,
    )  # fmt: skip
    if quantize is None or quantize.name == index.file_type:
        return Base(layers, config)
    built = yield from _build(store, model.path, quantize, cancel)
    rest = tuple(layer for layer in layers if layer.media_type != MODEL)
    return Base((*built.layers, *rest), replace(config, file_type=built.config.file_type), built.new, built.notes)


def from_adapter(store: Store, path: Path, cancel: CancelToken) -> _Step:
    """Import a GGUF LoRA adapter.

    Raises: SourceError when it is none.
    """
    files = pick_files(path, adapter=True)
    if files.kind != "gguf":
        hint = "Convert it with llama.cpp's convert_lora_to_gguf.py first."
        raise SourceError(f"ADAPTER {path} is not a GGUF file.", hint=hint, path=path)
    index = read_index(files.weights[0])
    if kind_of(index) != ADAPTER:
        raise SourceError(f"{path} is not a LoRA adapter.", hint="Use it with FROM if it is a model.", path=path)
    digest, size, new = yield from store.blobs.import_file(files.weights[0], cancel)
    return Base((Layer(ADAPTER, digest, size),), new=frozenset({str(digest)} if new else ()))


def _from_path(store: Store, path: Path, quantize: Quantization | None, cancel: CancelToken) -> _Step:
    files = pick_files(path)
    if files.kind == "safetensors":
        return (yield from _build(store, files.folder, quantize, cancel))
    if files.kind == "adapter":
        raise SourceError(f"{path} is a LoRA adapter, not a model.", hint="Put it on an ADAPTER line below FROM.", path=path)
    base = Base()
    for weights in files.weights:
        base += yield from _import_gguf(store, weights, quantize, cancel)
    return base


def _import_gguf(store: Store, path: Path, quantize: Quantization | None, cancel: CancelToken) -> _Step:
    yield Progress("reading_gguf")
    index = read_index(path)
    media_type = kind_of(index)
    if (index.integer("split.count") or 0) > 1:
        hint = "Join the parts with llama.cpp's gguf-split --merge first."
        raise SourceError(f"{path} is one part of a split GGUF.", hint=hint, path=path)
    if media_type == ADAPTER:
        raise SourceError(f"{path} is a LoRA adapter, not a model.", hint="Put it on an ADAPTER line below FROM.", path=path)
    if media_type == MODEL:
        validate(index)
    if media_type == MODEL and quantize is not None and quantize.name != index.file_type:
        return (yield from _build(store, path, quantize, cancel))
    digest, size, new = yield from store.blobs.import_file(path, cancel)
    config = describe(index) if media_type == MODEL else Config()
    return Base((Layer(media_type, digest, size),), config, frozenset({str(digest)} if new else ()))


def _build(store: Store, source: Path, quantize: Quantization | None, cancel: CancelToken) -> _Step:
    """Convert and quantize in one pass into the store: ``source`` is a folder or a GGUF."""
    with store.blobs.reserve() as temporary:
        wanted = quantize.name if quantize else None
        built = yield from build(BuildJob(source, "folder" if source.is_dir() else "gguf", temporary, wanted), cancel)
        index = read_index(temporary)
        new = store.blobs.adopt(temporary, built.digest)
    config = replace(describe(index), file_type=built.file_type)
    return Base((Layer(MODEL, built.digest, built.size),), config, frozenset({str(built.digest)} if new else ()), built.notes)


def kind_of(index: GGUFIndex) -> str:
    """The media type of a GGUF: model, adapter or projector."""
    kind = index.metadata.get("general.type", "model")
    if kind == "adapter":
        return ADAPTER
    family = index.architecture
    seeing = index.metadata.get(f"{family}.vision.block_count", 0) and not index.metadata.get(f"{family}.block_count", 0)
    return PROJECTOR if kind in ("projector", "mmproj") or family == "clip" or seeing else MODEL


def describe(index: GGUFIndex) -> Config:
    """The config blob for these weights."""
    return Config(
        model_format="gguf",
        model_family=index.architecture,
        model_families=(index.architecture,),
        model_type=human_count(index.parameter_count),
        file_type=index.file_type,
    )
