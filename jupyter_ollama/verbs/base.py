"""What a model starts from: files on the disk or a model of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import QuantizationError, SourceError
from ..gguf import read_shards, whole
from ..manifest import ADAPTER, MODEL, PROJECTOR, Config
from ..quantization import Quantize
from ..sentences import Sentence
from ..store import Store, StoredModel
from .take_over import take_over
from .weights import Base, Step, Weights, an_adapter, build_weights, describe, find, store_weights


def from_paths(
    store: Store, paths: Sequence[Path], quantize: Quantize | None, cancel: CancelToken, adapter: Path | None = None
) -> Step:  # fmt: skip
    """Import what FROM names on the disk: one model (a folder, a GGUF file or its shards) and any number of projectors.

    Args:
        adapter: one that the model will get.
    Raises: SourceError and its kin, DiskFull, EngineCrashed, Cancelled.
    """
    found = yield from find(paths)
    check_one_model(found, paths)
    return (yield from _store_all(store, found, quantize, cancel, adapter))


def from_model(
    store: Store, model: StoredModel, quantize: Quantize | None, cancel: CancelToken, adapter: Path | None = None
) -> Step:  # fmt: skip
    """Take over every layer of a model; only its weights change: to be quantized, or to be put into one file.

    Args:
        adapter: one that the model will get.
    Raises: QuantizationError, GGUFError, BlobNotFound, Cancelled.
    """
    inherited = str(model.name)
    layers = tuple(replace(layer, from_model=inherited) for layer in model.manifest.layers)
    if not model.runs_here:
        return Base(layers, _as_it_is(model, quantize), (yield from take_over(store, model, layers, cancel)))
    weights = Weights(MODEL, None, read_shards(model.path, *model.model_paths[1:]))
    held = model.config
    config = replace(
        describe(whole(weights.shards)),
        model_format=held.model_format or "gguf", renderer=held.renderer, parser=held.parser, requires=held.requires,
        capabilities=held.capabilities,
    )  # fmt: skip
    if len(weights.shards) == 1 and (quantize is None or quantize.is_done(config.file_type)):
        return Base(layers, config, (yield from take_over(store, model, layers, cancel)))
    built = yield from build_weights(store, weights, quantize, cancel, adapter)
    rest = tuple(layer for layer in layers if layer.media_type != MODEL)
    new = yield from take_over(store, model, rest, cancel)
    return Base((*built.layers, *rest), replace(config, file_type=built.config.file_type), built.new | new, built.notes)


def _as_it_is(model: StoredModel, quantize: Quantize | None) -> Config:
    """The config of a model whose weights are elsewhere or of another kind, about which nothing else is known.

    Raises: QuantizationError.
    """
    if quantize is not None:
        raise QuantizationError(
            Sentence("%1 has no GGUF weights here that could be quantized.", model.name), hint="Leave the quantization out.",
            path=None, quantize=quantize.target.name,
        )  # fmt: skip
    return model.config


def add_projectors(store: Store, base: Base, paths: Sequence[Path], cancel: CancelToken) -> Step:
    """Add projector files to a model that FROM names; a model among them does not count beside one that has a name.

    Raises: SourceError and its kin, DiskFull, EngineCrashed, Cancelled.
    """
    found = yield from find(paths)
    projectors = tuple(one for one in found if one.media_type == PROJECTOR)
    notes = tuple(
        Sentence("FROM %1 does not count: FROM names a model of the store, too.", one.path) for one in found if one not in projectors
    )
    return base + Base(notes=notes) + (yield from _store_all(store, projectors, None, cancel))


def _store_all(
    store: Store, found: Sequence[Weights], quantize: Quantize | None, cancel: CancelToken, adapter: Path | None = None
) -> Step:  # fmt: skip
    base = Base()
    for weights in found:
        base += yield from store_weights(store, weights, quantize, cancel, adapter)
    return base


def check_one_model(found: Sequence[Weights], paths: Sequence[Path], instruction: str = "FROM") -> None:
    """Raises: SourceError unless there is one model, and beside it projectors only, where FROM names them."""
    for weights in found:
        if weights.media_type == ADAPTER:
            raise an_adapter(weights.path)
    models = [weights for weights in found if weights.media_type == MODEL]
    if not models:
        hint = "A projector needs the model that it belongs to: name its file on a FROM line, too."
        raise SourceError(Sentence("%1 %2 holds no model weights.", instruction, paths[0]), hint=hint, path=paths[0])
    counted = models if instruction == "FROM" else found
    if len(counted) > 1:
        names = ", ".join(weights.path.name for weights in counted)
        raise SourceError(
            Sentence("%1 holds %2 models: %3.", instruction, len(counted), names),
            hint=Sentence("%1 needs the file of one model.", instruction), path=paths[0],
        )  # fmt: skip
