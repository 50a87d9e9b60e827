"""Each value of ``models`` as plain text, as Ollama's command line prints it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any

from ..models import Content, LoadedList, LoadedModel, ModelInfo, ModelList, ModelSummary
from .numbers import human_bytes, human_count, human_time, shortest
from .tables import block, table, visible

_KEY_WIDTH = 30
_LIST_WIDTH = 10


@singledispatch
def plain(value: Any, *, verbose: bool = False) -> str:
    """A value as text, without the newline at its end.

    Args:
        verbose: with the metadata of a model, as ``show -v``.
    Raises: TypeError for a value that has no text form here.
    """
    raise TypeError(f"no text form for {type(value).__name__}")


@plain.register
def _(models: ModelList, *, verbose: bool = False) -> str:
    stores = [(store_word(one.store),) if several_stores(models) else () for one in models]
    rows = [
        (one.name, one.digest[:12], size_text(one), human_time(one.modified_at), *store)
        for one, store in zip(models, stores, strict=True)
    ]  # fmt: skip
    return table(("NAME", "ID", "SIZE", "MODIFIED", *(("STORE",) if several_stores(models) else ())), rows)


@plain.register
def _(model: ModelSummary, *, verbose: bool = False) -> str:
    store = f"in {model.store}" if model.store else ""
    details = (model.details.parameter_size, model.details.quantization_level, size_text(model), model.digest[:12], store)
    return visible(" · ".join(part for part in (model.name, *details) if part))


@plain.register
def _(loaded: LoadedList, *, verbose: bool = False) -> str:
    rows = [
        (one.name, one.digest[:12], human_bytes(one.size_bytes), one.processor, str(one.n_ctx), until(one))
        for one in loaded
    ]  # fmt: skip
    return table(("NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"), rows)


@plain.register
def _(info: ModelInfo, *, verbose: bool = False) -> str:
    blocks = [
        block("Model", model_rows(info)),
        block("Capabilities", [(capability,) for capability in info.capabilities]),
        block("Parameters", [line.split() for line in parameter_lines(info.parameters)]),
        block("Metadata", metadata_rows(info.metadata)) if verbose else "",
        block("System", _head(info.system)),
        block("License", _head("\n".join(info.licenses))),
        block("Note", [(note,) for note in info.notes]),
    ]
    return "".join(blocks).removesuffix("\n")


@plain.register
def _(content: Content, *, verbose: bool = False) -> str:
    return visible(content.text) + ("\n..." if content.cut else "")


def several_stores(models: ModelList) -> bool:
    """Whether it matters in which store a model is."""
    return any(model.store for model in models)


def store_word(store: str) -> str:
    """Where a model is, in a word: the user's own store, or the one that the whole system shares."""
    return "system" if store else "own"


def size_text(model: ModelSummary) -> str:
    """The size; a dash for a model whose weights are not here."""
    return "-" if model.remote_model else human_bytes(model.size_bytes)


def until(model: LoadedModel) -> str:
    """When a loaded model goes."""
    if model.expires_at is not None and model.expires_at.astimezone() < datetime.now(UTC):
        return "Stopping..."
    return human_time(model.expires_at, "Forever")


def model_rows(info: ModelInfo) -> list[tuple[str, str]]:
    """What is known of the weights; the quantization always has its row."""
    architecture = str(info.metadata.get("general.architecture") or info.details.family)
    context = info.metadata.get(f"{architecture}.context_length") or info.details.context_length
    embedding = info.metadata.get(f"{architecture}.embedding_length") or info.details.embedding_length
    size = info.details.parameter_size or (human_count(info.parameter_count) if info.parameter_count else "")
    known = {
        "Remote model": info.remote_model,
        "Remote URL": info.remote_host,
        "architecture": architecture,
        "parameters": size,
        "context length": str(context or ""),
        "embedding length": str(embedding or ""),
    }
    more = {"draft": info.draft, "requires": info.requires, "store": info.store}
    return [*_known(known), ("quantization", info.details.quantization_level), *_known(more)]


def _known(labelled: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(label, text) for label, text in labelled.items() if text]


def parameter_values(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values in alphabetical order, one pair for each value of a list."""
    pairs = []
    for name in sorted(parameters):
        held = parameters[name]
        pairs += [(name, literal(value)) for value in (held if isinstance(held, list | tuple) else [held])]
    return pairs


def parameter_lines(parameters: Mapping[str, Any]) -> list[str]:
    """``temperature                    0.2``: one line for each value, texts in quotes."""
    return [f"{name:<{_KEY_WIDTH}} {value}" for name, value in parameter_values(parameters)]


def literal(value: Any) -> str:
    """A parameter's value: texts quoted, whole numbers without a fraction."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return shortest(value)


def metadata_rows(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The GGUF header, by key; long lists are cut."""
    return [(key, metadata_text(metadata[key])) for key in sorted(metadata)]


def metadata_text(value: Any) -> str:
    """One value of the GGUF header: ``llama``, ``2048``, ``[a b ...+30 more]``, ``<nil>`` for what was too long to be read."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
        case int() | float():
            return shortest(value)
        case list() | tuple():
            return _listed([metadata_text(item) for item in value])
    return str(value)


def _listed(items: list[str]) -> str:
    shown: list[str] = []
    for item in items:
        if shown and sum(map(len, shown)) + len(shown) + len(item) > _LIST_WIDTH:
            return f"[{' '.join(shown)} ...+{len(items) - len(shown)} more]"
        shown.append(item)
    return f"[{' '.join(shown)}]"


def _head(text: str) -> list[tuple[str]]:
    """The first two lines with anything on them, and three dots if there are more."""
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    return [(line,) for line in (lines if len(lines) <= 2 else [*lines[:2], "..."])]
