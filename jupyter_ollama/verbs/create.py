"""``create``: a model from a Modelfile."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..cancelling import CancelToken
from ..errors import OllamaError, SourceError
from ..events import Progress
from ..modelfile import Modelfile
from ..models import ModelSummary
from ..names import ModelName
from ..quantization import Quantize, parse_quantize
from ..registry import Registry
from ..sentences import Sentence
from ..sources import HubName, pick_files
from ..store import Store, StoredModel
from ..template import chat
from .adapter import Adapter, add_adapter
from .assemble import assemble
from .base import add_projectors, from_model, from_paths
from .draft import Draft, add_draft
from .from_hub import from_hub
from .info import Info
from .obtain import obtain
from .places import Places, looks_like_a_path
from .remote_stub import from_remote
from .resolve import exists, resolve
from .weights import Base


def create(
    store: Store, name: str, modelfile: Modelfile, *, quantize: str | None = None, tensor_types: Mapping[str, str] | None = None,
    imatrix: str | Path | None = None, requantize: bool = False, places: Places,
    info: Mapping[str, Any] | None = None, remote_host: str | None = None, draft_quantize: str | None = None, registry: Registry,
    cancel: CancelToken,
) -> Generator[Progress, None, ModelSummary]:  # fmt: skip
    """Make a model. Everything cheap is checked first; nothing of the store changes before the last step.

    Args:
        quantize: target type such as ``q4_K_M``; wins over the Modelfile's ``PARAMETER quantization``.
        tensor_types: types of tensors, by patterns that are looked for in their names.
        imatrix: an importance matrix for quantizing.
        requantize: whether weights that are quantized already may lose more.
        places: where what FROM, ADAPTER and DRAFT name lies.
        info: fields of the config to be said otherwise than the weights do; ``capabilities`` are added.
        remote_host: the server that has the model which FROM names; nothing is fetched from it.
        draft_quantize: target type of the draft model.
        registry: where a model comes from that FROM or DRAFT names and the store does not have.
    Raises: InvalidName, ModelfileError, OptionError, TemplateError, SourceError and its kin, ModelNotFound, DiskFull, EngineCrashed,
        Cancelled.
    """
    target = ModelName.valid(name)
    asked = quantize or modelfile.quantize
    wanted = parse_quantize(asked, tensor_types, imatrix, requantize=requantize and bool(asked or not draft_quantize))
    told = Info.of(info)
    if modelfile.template:
        chat.validate(modelfile.template)
    remote = from_remote(modelfile, remote_host, wanted) if remote_host else None
    smaller = parse_quantize(draft_quantize, requantize=requantize) if draft_quantize else None
    draft = Draft.of(modelfile, places, smaller) if remote is None else None
    adapter = _adapter(modelfile, places) if remote is None else None
    with store.begin() as work:
        parent, base = (None, remote) if remote else (yield from _base(work, registry, modelfile, wanted, adapter, places, cancel))
        if adapter is not None:
            base = yield from add_adapter(work, base, adapter, cancel)
        if draft is not None:
            base = yield from add_draft(work, registry, base, draft, cancel)
        for note in base.notes:
            yield Progress("note", facts={"text": note})
        cancel.check()
        return (yield from assemble(work, target, replace(base, config=told.over(base.config)), modelfile, parent))


def parsed(modelfile: Modelfile | str | bytes, path: Path | None = None) -> Modelfile:
    """A Modelfile, or the text or bytes of one.

    Args:
        path: where it lies, for messages.
    Raises: ModelfileError.
    """
    return modelfile if isinstance(modelfile, Modelfile) else Modelfile.parse(modelfile, path=path)


def _adapter(modelfile: Modelfile, places: Places) -> Adapter | None:
    return None if modelfile.adapter is None else Adapter.at(_existing(modelfile.adapter, places))


def _base(
    store: Store, registry: Registry, modelfile: Modelfile, quantize: Quantize | None, adapter: Adapter | None, places: Places,
    cancel: CancelToken,
) -> Generator[Progress, None, tuple[StoredModel | None, Base]]:
    """The layers FROM stands for. A model with a name wins over one on the disk, to which only projectors are added then."""
    located = {argument: _local(store, argument, places) for argument in modelfile.sources}
    paths = [path for found in located.values() for path in found]
    models = [argument for argument, found in located.items() if not found]
    promised = adapter.path if adapter else None
    if not models:
        return None, (yield from from_paths(store, paths, quantize, cancel, promised))
    parent, base = None, (yield from _hub(store, registry, models[-1], quantize, cancel, promised))
    if base is None:
        parent = yield from _parent(store, registry, models[-1], places, cancel)
        base = yield from from_model(store, parent, quantize, cancel, promised)
    if paths:
        base = yield from add_projectors(store, base, paths, cancel)
    return parent, base


def _local(store: Store, argument: str, places: Places) -> tuple[Path, ...]:
    """The files or the folder that FROM means. They win over a model of the same name, unless it is a folder in which there is no model."""
    found = places.locate(argument)
    if not found or not found[0].is_dir() or not exists(store, argument):
        return found
    try:
        pick_files(found[0])
    except SourceError:
        return ()
    return found


def _hub(
    store: Store, registry: Registry, argument: str, quantize: Quantize | None, cancel: CancelToken, adapter: Path | None
) -> Generator[Progress, None, Base | None]:  # fmt: skip
    """What FROM means if it is a folder on Hugging Face's Hub. A model of the store that is called so wins, unless a revision is named."""
    name = HubName.of(argument)
    if name is None or (not name.revision and exists(store, argument)):
        return None
    return (yield from from_hub(store, registry, name, quantize, cancel, adapter))


def _parent(
    store: Store, registry: Registry, argument: str, places: Places, cancel: CancelToken
) -> Generator[Progress, None, StoredModel]:  # fmt: skip
    """The model that FROM names. One that looks like a path is not pulled, and deserves an answer about the path."""
    if not looks_like_a_path(argument):
        return (yield from obtain(store, registry, argument, cancel))
    try:
        return (yield from resolve(store, argument, cancel))
    except OllamaError as error:
        raise places.missing("FROM", argument) from error


def _existing(argument: str, places: Places) -> Path:
    """What must be one file or folder.

    Raises: SourceError.
    """
    found = places.locate(argument)
    if not found:
        raise places.missing("ADAPTER", argument)
    if len(found) > 1:
        text = Sentence("only one adapter is currently supported")
        raise SourceError(Sentence("%1: %2 are %3.", text, argument, len(found)), hint="Name one file.", path=found[0], text=text)
    return found[0]
