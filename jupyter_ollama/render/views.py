"""Each value of ``models`` as HTML."""

from __future__ import annotations

from functools import singledispatch
from html import escape
from typing import Any

from ..models import Deleted, LayerInfo, LoadedList, ModelInfo, ModelList, ModelSummary, Pruned
from .markup import digest, element, facts, folded, moment, page, preformatted, section, table
from .numbers import human_bytes
from .text import metadata_rows, model_rows, parameter_values, plain, until

_SIZE = frozenset({"SIZE", "CONTEXT"})


@singledispatch
def html(value: Any) -> str:
    """A value as HTML.

    Raises: TypeError for a value that has no HTML form here.
    """
    raise TypeError(f"no HTML form for {type(value).__name__}")


@html.register
def _(models: ModelList) -> str:
    if not models:
        return page(element("p", "No models yet.", "quiet"))
    rows = [
        (element("strong", one.name), digest(one.digest), human_bytes(one.size_bytes), escape(one.details.parameter_size),
         escape(one.details.quantization_level), moment(one.modified_at))
        for one in models
    ]  # fmt: skip
    return page(table(("NAME", "ID", "SIZE", "PARAMETERS", "QUANTIZATION", "MODIFIED"), rows, _SIZE))


@html.register
def _(model: ModelSummary) -> str:
    return page(summary(model))


@html.register
def _(loaded: LoadedList) -> str:
    if not loaded:
        return page(element("p", "No model is loaded.", "quiet"))
    rows = [
        (element("strong", one.name), digest(one.digest), human_bytes(one.size_bytes), escape(one.processor), str(one.n_ctx),
         element("span", until(one)))
        for one in loaded
    ]  # fmt: skip
    return page(table(("NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"), rows, _SIZE))


@html.register
def _(deleted: Deleted) -> str:
    names = ", ".join(element("strong", name) for name in deleted.names)
    return page(f"deleted {names} ", element("span", f"({human_bytes(deleted.freed_bytes)} freed)", "quiet"))


@html.register
def _(pruned: Pruned) -> str:
    return page(element("p", plain(pruned)))


@html.register
def _(info: ModelInfo) -> str:
    badges = "".join(element("span", capability, "badge") for capability in info.capabilities)
    return page(
        f'{element("strong", info.name)} <span class="quiet">{digest(info.digest)} · {human_bytes(info.size_bytes)} · '
        f"{moment(info.modified_at)}</span>",
        facts(model_rows(info)),
        section("Capabilities", badges),
        section("Parameters", facts(parameter_values(info.parameters))),
        section("System", preformatted(info.system)),
        section("Layers", _layers(info.layers)),
        folded("Template", preformatted(info.template)),
        folded("Messages", facts([(message.role, message.content) for message in info.messages])),
        folded("License", "".join(map(preformatted, info.licenses))),
        folded("Modelfile", preformatted(info.modelfile)),
        folded(f"Metadata ({len(info.metadata)} keys, {info.tensor_count} tensors)", facts(metadata_rows(info.metadata))),
    )


def summary(model: ModelSummary) -> str:
    """One line about a model."""
    details = [escape(part) for part in (model.details.parameter_size, model.details.quantization_level) if part]
    quiet = " · ".join([*details, human_bytes(model.size_bytes), digest(model.digest)])
    return f'{element("strong", model.name)} <span class="quiet">{quiet}</span>'


def _layers(layers: tuple[LayerInfo, ...]) -> str:
    """Which blobs a model consists of, and who else holds them."""
    shared = any(layer.shared_with for layer in layers)
    header = ("LAYER", "DIGEST", "SIZE", *(["ALSO IN"] if shared else []))
    rows = [
        (element("strong", layer.kind, title=layer.media_type), digest(layer.digest), human_bytes(layer.size_bytes),
         *([escape(", ".join(layer.shared_with))] if shared else []))
        for layer in layers
    ]  # fmt: skip
    return table(header, rows, _SIZE) if rows else ""
