"""Each value of ``models`` as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import singledispatch
from html import escape
from typing import Any

from ..models import Content, LayerInfo, LoadedList, ModelInfo, ModelList, ModelSummary
from ..pieces import STYLES, Piece
from .markup import digest, element, facts, folded, moment, page, preformatted, section, table, wrap
from .numbers import human_bytes
from .text import metadata_rows, model_rows, parameter_values, several_stores, size_text, store_word, until

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
    several = several_stores(models)
    rows = [
        (element("strong", one.name), digest(one.digest), escape(size_text(one)), escape(one.details.parameter_size),
         escape(one.details.quantization_level), moment(one.modified_at), *([_store(one.store)] if several else []))
        for one in models
    ]  # fmt: skip
    return page(table(("NAME", "ID", "SIZE", "PARAMETERS", "QUANTIZATION", "MODIFIED", *(["STORE"] if several else [])), rows, _SIZE))


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
def _(info: ModelInfo) -> str:
    badges = "".join(element("span", capability, "badge") for capability in info.capabilities)
    return page(
        f'{element("strong", info.name)} <span class="quiet">{digest(info.digest)} · {human_bytes(info.size_bytes)} · '
        f"{moment(info.modified_at)}</span> {_store(info.store) if info.store else ''}",
        *(element("div", note, "warning") for note in info.notes),
        facts(model_rows(info)),
        section("Capabilities", badges),
        section("Parameters", facts(parameter_values(info.parameters))),
        section("System", preformatted(info.system)),
        section("Layers", layer_table(info.layers)),
        folded("Template", preformatted(info.template)),
        folded("Messages", facts([(message.role, message.content) for message in info.messages])),
        folded("License", "".join(map(preformatted, info.licenses))),
        folded("Modelfile", preformatted(info.modelfile)),
        folded(f"Metadata ({len(info.metadata)} keys, {info.tensor_count} tensors)", facts(metadata_rows(info.metadata))),
    )


@html.register
def _(content: Content) -> str:
    note = element("p", "It goes on.", "quiet") if content.cut else ""
    return page(coloured(content.pieces) if content.pieces else preformatted(content.text), note)


def coloured(pieces: Iterable[Piece]) -> str:
    """A text with colours."""
    return wrap("pre", "".join(element("span", text, f"style-{style}") if style in STYLES[1:] else escape(text) for style, text in pieces))


def summary(model: ModelSummary) -> str:
    """One line about a model."""
    details = [escape(part) for part in (model.details.parameter_size, model.details.quantization_level) if part]
    quiet = " · ".join([*details, escape(size_text(model)), digest(model.digest), *([_store(model.store)] if model.store else [])])
    return f'{element("strong", model.name)} <span class="quiet">{quiet}</span>'


def _store(store: str) -> str:
    """Which store a model is in, with the folder in the tooltip."""
    return element("span", store_word(store), "badge", title=store) if store else element("span", store_word(store), "quiet")


def layer_table(layers: Sequence[LayerInfo]) -> str:
    """Which blobs a model consists of, and who else holds them."""
    layers = _gathered(layers)
    shared, named = any(layer.shared_with for layer in layers), any(layer.name for layer in layers)
    header = ("LAYER", *(["NAME"] if named else []), "DIGEST", "SIZE", *(["ALSO IN"] if shared else []))
    rows = [
        (element("strong", layer.kind, title=layer.media_type), *([escape(layer.name)] if named else []), digest(layer.digest),
         human_bytes(layer.size_bytes), *([escape(", ".join(layer.shared_with))] if shared else []))
        for layer in layers
    ]  # fmt: skip
    return table(header, rows, _SIZE) if rows else ""


def _gathered(layers: Sequence[LayerInfo]) -> Sequence[LayerInfo]:
    """The many tensors of a model that is not one file, as one layer."""
    tensors = [layer for layer in layers if layer.kind == "tensor"]
    if not tensors:
        return layers
    size_bytes = sum(layer.size_bytes for layer in tensors)
    holders = sorted({name for layer in tensors for name in layer.shared_with})
    together = LayerInfo("tensor", tensors[0].media_type, "", size_bytes, "", tuple(holders), f"{len(tensors):,} tensors")
    return [together, *(layer for layer in layers if layer.kind != "tensor")]
