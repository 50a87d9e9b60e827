"""``show``: everything there is to know about a model."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from ..cancelling import CancelToken
from ..errors import OllamaError
from ..events import Progress
from ..gguf import GGUFIndex, read_index, read_shards, whole
from ..gguf.draft import check_draft
from ..gojson import text as json_text
from ..manifest import EMBED, Manifest, human_count
from ..modelfile import Command, Modelfile
from ..models import LayerInfo, ModelInfo, TensorShape
from ..options import check_options
from ..sentences import Sentence, together
from ..settings import Settings
from ..store import Store, StoredModel, StoreReader
from .answer import template_of
from .capabilities import capabilities
from .resolve import resolve

_SHORT, _ALL = 64, 1 << 40
"""How long arrays of the metadata may be."""


def show(
    store: Store, settings: Settings, name: str, *, verbose: bool = False, system: str = "", options: Mapping[str, Any] | None = None,
    cancel: CancelToken,
) -> Generator[Progress, None, ModelInfo]:  # fmt: skip
    """Describe a model. ``modelfile`` of the result creates the same model again.

    A model that cannot run here (its weights are tensors for another engine, or elsewhere) is described as far as its config goes.

    Args:
        system, options: what ``modelfile`` shall say instead of, or besides, what the model has; ``system`` is told for it, too.
    Raises: ModelNotFound, CorruptManifest, BlobNotFound, GGUFError, OptionError.
    """
    model = yield from resolve(store, name, cancel)
    told = replace(model, system=system or model.system, parameters={**(model.parameters or {}), **check_options(options)})
    reader, found = store.find(model.name)
    index = whole(read_shards(*model.model_paths)) if model.runs_here else None
    template = template_of(model, settings) if model.runs_here else None
    draft, draft_notes = _draft(model, index)
    return ModelInfo(
        name=str(found),
        digest=model.digest,
        size_bytes=model.manifest.size,
        modified_at=reader.tags.modified(found),
        details=reader.details(model.manifest, model.config),
        capabilities=capabilities(model, template) if template else model.config.capabilities,
        template=template.text if template else model.template or "",
        system=told.system or "",
        parameters=dict(model.parameters or {}),
        messages=model.messages,
        licenses=model.licenses,
        modelfile=modelfile_text(told),
        layers=_layers(reader, model.manifest, str(found)),
        metadata=index.summary(_ALL if verbose else _SHORT) if index else {},
        tensor_count=len(index.tensors) if index else len(model.tensors),
        parameter_count=index.parameter_count if index else 0,
        requires=model.config.requires,
        remote_model=model.config.remote_model,
        remote_host=model.config.remote_host,
        store="" if reader is store else str(reader.root),
        notes=(*_notes(model), *draft_notes),
        tensors=tuple(TensorShape(one.name, one.type.name, one.shape) for one in index.tensors) if index else (),
        projector=read_index(model.projectors[0]).summary(_ALL if verbose else _SHORT) if model.projectors else {},
        draft=draft,
    )


def _draft(model: StoredModel, index: GGUFIndex | None) -> tuple[str, tuple[str, ...]]:
    """Its draft model in a few words, and why it is not used."""
    if not model.drafts or index is None:
        return "", ()
    words = "unknown"
    try:
        draft = read_index(model.drafts[0])
        words = f"{draft.architecture} {human_count(draft.parameter_count)} {draft.file_type}"
        check_draft(draft, index)
    except OllamaError as error:
        return words, (Sentence("Its draft model is not used: %1", Sentence.of(error.message)),)
    return words, ()


def _notes(model: StoredModel) -> tuple[str, ...]:
    """What a user should know of a model that is not quite as others are."""
    notes = []
    try:
        model.path  # noqa: B018 (asked only for what it raises)
    except OllamaError as error:
        notes.append(together(error.message, error.hint))
    if model.manifest.of(EMBED):
        notes.append(Sentence("Its embed layers are obsolete and have no effect."))
    return tuple(notes)


def _layers(store: StoreReader, manifest: Manifest, name: str) -> tuple[LayerInfo, ...]:
    holders: dict[str, list[str]] = {}
    for other, held, _ in store.tags.dated():
        for digest in {str(layer.digest) for layer in held.blobs}:
            holders.setdefault(digest, []).append(str(other))
    return tuple(
        replace(layer.info, shared_with=tuple(sorted(set(holders.get(str(layer.digest), ())) - {name}))) for layer in manifest.blobs
    )


def modelfile_text(model: StoredModel) -> str:
    """The Modelfile that makes this model again, with the header Ollama writes above it.

    TEMPLATE stands in it only if the model has one of its own: a model that runs on the template inside its GGUF goes on doing so.
    """
    head = f'# Modelfile generated by "ollama show"\n# To build a new Modelfile based on this, replace FROM with:\n# FROM {model.name}\n\n'
    return head + str(Modelfile(tuple(Command(name, text) for name, text in _commands(model))))


def _commands(model: StoredModel) -> Generator[tuple[str, str], None, None]:
    """Name and value of each command; parameters also if nobody knows them today."""
    if not model.model_paths:
        yield "model", str(model.name)
    files = (("model", model.model_paths), ("adapter", model.adapters), ("draft", model.drafts), ("model", model.projectors))
    for name, paths in files:
        yield from ((name, str(path)) for path in paths)
    config = model.config
    texts = {
        "template": model.template, "system": model.system,
        "renderer": config.renderer, "parser": config.parser, "requires": config.requires,
    }  # fmt: skip
    yield from ((name, text) for name, text in texts.items() if text)
    for name, held in (model.parameters or {}).items():
        yield from ((name, one if isinstance(one, str) else json_text(one)) for one in (held if isinstance(held, list) else [held]))
    yield from (("license", text) for text in model.licenses)
    yield from (("message", f"{message.role}: {message.content}") for message in model.messages)
