"""DRAFT: a smaller model that guesses ahead for the model of FROM; files on the disk, or a model of the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import InvalidName, SourceError
from ..gguf import GGUFIndex, read_index, read_shards, whole
from ..gguf.draft import check_draft
from ..manifest import DRAFT, MODEL, Layer
from ..modelfile import Modelfile
from ..names import ModelName
from ..quantization import Quantize
from ..registry import Registry
from ..sentences import Sentence
from ..store import Store
from .base import check_one_model
from .obtain import obtain
from .places import Places
from .take_over import take_over
from .weights import Base, Step, Weights, build_weights, find, store_weights

_SAME = "Name a smaller model of the same family, or leave DRAFT out."


@dataclass(frozen=True, slots=True)
class Draft:
    """What the DRAFT lines of a Modelfile name: the files of one model, or a model by its name; and what it is to be quantized to."""

    paths: tuple[Path, ...]
    name: str = ""
    quantize: Quantize | None = None

    @classmethod
    def of(cls, modelfile: Modelfile, places: Places, quantize: Quantize | None = None) -> Draft | None:
        """Raises: SourceError when it is neither there nor a name, or is the model of FROM; or when there is none to be quantized."""
        places.check_draft(modelfile)
        if not modelfile.drafts:
            if quantize is None:
                return None
            text = Sentence("--draft-quantize requires a DRAFT model")
            raise SourceError(Sentence("%1.", text), hint="Add a DRAFT line, or quantize the model itself.", path="", text=text)
        located = {argument: places.locate(argument) for argument in modelfile.drafts}
        names = [argument for argument, found in located.items() if not found]
        for name in names:
            if not _is_name(name):
                raise places.missing("DRAFT", name)
            if len(located) > 1:
                raise SourceError(Sentence("DRAFT names %1 and something else.", name), hint="A model has one draft model.", path=name)
            if name in modelfile.sources:
                raise _itself(name)
        return cls(tuple(path for found in located.values() for path in found), "".join(names), quantize)


def add_draft(store: Store, registry: Registry, base: Base, draft: Draft, cancel: CancelToken) -> Step:
    """Put a draft model in place of an inherited one, after a look at whether it can draft for this model.

    Args:
        registry: where a model comes from that the store does not have.
    Raises: SourceError and its kin, ModelNotFound, DiskFull, EngineCrashed, Cancelled.
    """
    models = [layer for layer in base.layers if layer.media_type == MODEL]
    if not models:
        what = draft.name or draft.paths[0]
        raise SourceError(Sentence("DRAFT %1: no base model was found.", what), hint="FROM must name a model with GGUF weights.", path=what)
    index = whole(read_shards(*(store.blobs.require(layer.digest) for layer in models)))
    if draft.name:
        made = yield from _of_a_model(store, registry, draft, index, cancel)
    else:
        made = yield from _of_files(store, draft, index, cancel)
    layer = Layer(DRAFT, made.layers[0].digest, made.layers[0].size)
    if layer.digest in [one.digest for one in models]:
        raise _itself(draft.name or str(draft.paths[0]))
    rest = tuple(one for one in base.layers if one.media_type != DRAFT)
    return replace(base, layers=(*rest, layer), new=base.new | made.new, notes=(*base.notes, *made.notes))


def _of_files(store: Store, draft: Draft, index: GGUFIndex, cancel: CancelToken) -> Step:
    found = yield from find(draft.paths)
    check_one_model(found, draft.paths, "DRAFT")
    if found[0].shards:
        check_draft(found[0].index, index)
    made = yield from store_weights(store, found[0], draft.quantize, cancel)
    if not found[0].shards:  # its tokens are known now
        check_draft(replace(read_index(store.blobs.require(made.layers[0].digest)), path=found[0].path), index)
    return made


def _of_a_model(store: Store, registry: Registry, draft: Draft, index: GGUFIndex, cancel: CancelToken) -> Step:
    model = yield from obtain(store, registry, draft.name, cancel)
    weights = Weights(MODEL, None, read_shards(model.path, *model.model_paths[1:]))
    check_draft(replace(weights.index, path=Path(draft.name)), index)
    if len(weights.shards) > 1 or not (draft.quantize is None or draft.quantize.is_done(weights.index.file_type)):
        return (yield from build_weights(store, weights, draft.quantize, cancel))
    layers = model.manifest.of(MODEL)
    return Base(layers, new=(yield from take_over(store, model, layers, cancel)))


def _is_name(text: str) -> bool:
    """Whether this means a model: what looks like a path deserves an answer about the path."""
    if text.startswith((".", "/", "~", "\\")) or text.endswith((".gguf", ".safetensors")):
        return False
    try:
        ModelName.valid(text)
    except InvalidName:
        return False
    return True


def _itself(path: str) -> SourceError:
    text = Sentence("DRAFT must not reference the same model as FROM: %1", path)
    return SourceError(Sentence("%1.", text), hint=_SAME, path=path, text=text)
