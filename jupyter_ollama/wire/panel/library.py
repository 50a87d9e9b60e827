"""What is pushed to a front end: models, those in memory, runs."""

from __future__ import annotations

from typing import Any

from ...models import LoadedModel, ModelSummary
from ...runs import RunState
from .. import instants
from .events import progress

Json = dict[str, Any]
_ORIGINS = {"": "cell", "panel": "panel"}


def model(one: ModelSummary) -> Json:
    """A model as list knows it; what it can do is found out when it is opened."""
    elsewhere = f"{one.remote_host.rstrip('/')}/{one.remote_model}" if one.remote_host else one.remote_model
    return {
        "name": one.name,
        "digest": one.digest.removeprefix("sha256:"),
        "size": one.size_bytes,
        "modified": instants.rfc3339(one.modified_at),
        "family": one.details.family,
        "parameters": one.details.parameter_size,
        "quantization": one.details.quantization_level,
        "capabilities": [],
        "remote": elsewhere,
        "readonly": bool(one.store),
    }


def loaded(one: LoadedModel) -> Json:
    """A model in memory."""
    return {
        "name": one.name,
        "digest": one.digest.removeprefix("sha256:"),
        "memory": one.size_bytes,
        "gpu": one.gpu_bytes,
        "processor": one.processor,
        "context": one.n_ctx,
        "expires": instants.rfc3339(one.expires_at) if one.expires_at else None,
    }


def run(state: RunState) -> Json:
    """What a run is doing."""
    return {
        "run": state.number,
        "verb": state.verb,
        "model": state.model,
        "state": state.state,
        "origin": _ORIGINS.get(state.origin, "other"),
        "progress": None if state.step is None else progress(state.step),
        "failure": state.failure,
    }
