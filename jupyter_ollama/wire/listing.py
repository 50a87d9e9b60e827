"""What list, ps and show return, as tags, ps and show answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..models import Details, LoadedModel, ModelInfo, ModelSummary
from . import instants
from .answers import Json
from .encoding import dumps, present

_LEFT_OUT = ("general.name", "tokenizer.chat_template")


class Tags:
    """The models of a store. Clients ask for them again and again: as long as they are the same, so is the answer."""

    def __init__(self) -> None:
        self._last: tuple[tuple[ModelSummary, ...], bytes] | None = None

    def answer(self, models: Iterable[ModelSummary]) -> bytes:
        """The text of the answer."""
        models, last = tuple(models), self._last
        if last is None or last[0] != models:
            self._last = last = models, dumps({"models": [_summary(model) for model in models]})
        return last[1]


def ps(models: Iterable[LoadedModel]) -> Json:
    """The models in memory."""
    return {"models": [_loaded(model) for model in models]}


def show(info: ModelInfo, parameters: Iterable[str], *, verbose: bool) -> Json:
    """Everything about a model.

    Args:
        parameters: its parameters as lines, names padded.
        verbose: leave long arrays of the metadata in.
    """
    return {
        **present({"license": "\n".join(info.licenses)}),
        "modelfile": info.modelfile,
        **present({"parameters": "\n".join(parameters), "template": info.template, "system": info.system}),
        "details": _details(info.details),
        **present({"messages": [{"role": message.role, "content": message.content} for message in info.messages]}),
        **present({"remote_model": info.remote_model, "remote_host": info.remote_host}),
        "model_info": _metadata(info, verbose=verbose),
        **present({"projector_info": _arrays(info.projector, verbose=verbose)}),
        **present({"tensors": [{"name": one.name, "type": one.type, "shape": list(one.shape)} for one in info.tensors]}),
        "capabilities": list(info.capabilities),
        "modified_at": instants.rfc3339(info.modified_at),
        **present({"requires": info.requires}),
    }


def _summary(model: ModelSummary) -> Json:
    return {
        "name": model.name,
        "model": model.name,
        **present({"remote_model": model.remote_model, "remote_host": model.remote_host}),
        "modified_at": instants.rfc3339(model.modified_at.astimezone()),
        "size": model.size_bytes,
        "digest": model.digest.removeprefix("sha256:"),
        "details": _details(model.details),
    }


def _loaded(model: LoadedModel) -> Json:
    return {
        "name": model.name,
        "model": model.name,
        "size": model.size_bytes,
        "digest": model.digest.removeprefix("sha256:"),
        "details": _details(model.details),
        "expires_at": instants.rfc3339(model.expires_at.astimezone()) if model.expires_at else instants.never(),
        "size_vram": model.gpu_bytes,
        "context_length": model.n_ctx,
    }


def _details(details: Details) -> Json:
    return {
        "parent_model": "",
        "format": details.format,
        "family": details.family,
        "families": list(details.families) or None,
        "parameter_size": details.parameter_size,
        "quantization_level": details.quantization_level,
        **present({"context_length": details.context_length, "embedding_length": details.embedding_length}),
    }


def _metadata(info: ModelInfo, *, verbose: bool) -> Json:
    return _arrays({"general.parameter_count": info.parameter_count, **info.metadata}, verbose=verbose)


def _arrays(metadata: Mapping[str, Any], *, verbose: bool) -> Json:
    """Metadata by name, with arrays or with null in their places."""
    held = {key: value for key, value in sorted(metadata.items()) if key not in _LEFT_OUT}
    return held if verbose else {key: None if isinstance(value, list | tuple) else value for key, value in held.items()}
