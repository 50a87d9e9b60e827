"""From weights and what a Modelfile says to a model: text layers, config, manifest, name."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from .. import manifest as media
from ..errors import OptionError
from ..events import Progress
from ..gojson import Struct, encode
from ..manifest import Config, Layer, Manifest
from ..modelfile import Modelfile
from ..models import ModelSummary
from ..names import ModelName
from ..sentences import Sentence
from ..store import Store, StoredModel
from .weights import Base

# Families whose models Ollama runs with a renderer and a parser of its own: both are named where nobody names others, so that a model
# made here runs the same there. Here the template inside the GGUF applies.
_BUILT_IN = {"gemma4": ("gemma4", "gemma4"), "laguna": ("laguna", "laguna"), "nemotron_h": ("nemotron-3-nano", "nemotron-3-nano")}
_STOPS = {"gemma4": {"stop": ["<turn|>"]}}


def assemble(
    store: Store, name: ModelName, base: Base, modelfile: Modelfile, parent: StoredModel | None = None
) -> Generator[Progress, None, ModelSummary]:
    """Write the text layers and the manifest.

    Args:
        store: one that a piece of work began (``Store.begin``): what it adds is taken back if this does not come to its end.

    Raises: OptionError, StoreError and its kin.
    """
    new = set(base.new)
    layers = list(base.layers)

    def put(data: bytes, media_type: str) -> Layer:
        layer, added = store.put(data, media_type)
        if added:
            new.add(str(layer.digest))
        return layer

    for media_type, data in _texts(modelfile, parent, base.config):
        if media_type != media.LICENSE:
            layers = [layer for layer in layers if not _replaces(media_type, layer.media_type)]
        layers.append(put(data, media_type))
    renderer, parser = _BUILT_IN.get(_family(base.config), ("", ""))
    config = replace(
        base.config,
        renderer=modelfile.renderer or base.config.renderer or renderer,
        parser=modelfile.parser or base.config.parser or parser,
        requires=modelfile.requires or base.config.requires,
    )
    manifest = Manifest.build(put(config.encode(), media.CONFIG_TYPE), layers)
    for layer in layers:
        yield Progress("new_layer" if str(layer.digest) in new else "existing_layer", digest=str(layer.digest))
    yield Progress("writing_manifest")
    name = store.tag(name, manifest)
    yield Progress("success")
    return ModelSummary(
        str(name), manifest.digest, manifest.size, store.tags.modified(name), config.details, config.remote_model, config.remote_host
    )  # fmt: skip


def _family(config: Config) -> str:
    return "nemotron_h" if config.model_family.startswith("nemotron_h") else config.model_family


def _texts(modelfile: Modelfile, parent: StoredModel | None, config: Config) -> Generator[tuple[str, bytes], None, None]:
    """The layers the Modelfile asks for. An empty template or system leaves what is inherited."""
    if modelfile.template:
        yield media.TEMPLATE, modelfile.template.encode()
    if modelfile.system:
        yield media.SYSTEM, modelfile.system.encode()
    for license_text in modelfile.licenses:
        if license_text:
            yield media.LICENSE, license_text.encode()
    parameters = {**_STOPS.get(config.model_family, {}), **((parent.parameters if parent else None) or {}), **modelfile.parameters}
    if parameters:
        yield media.PARAMS, _encode_parameters(parameters)
    if modelfile.messages:
        told = [Struct(role=message.role, content=message.content) for message in modelfile.messages]
        yield media.MESSAGES, encode(told)


def _encode_parameters(parameters: dict[str, object]) -> bytes:
    try:
        return encode(parameters)
    except ValueError as error:
        raise OptionError(Sentence("a PARAMETER cannot be stored: %1.", error), hint="Use a finite number.") from error


def _replaces(new: str, old: str) -> bool:
    return new == old or (new == media.TEMPLATE and old == media.PROMPT)
