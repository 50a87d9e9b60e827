"""A model opened from the store: where its weights lie and what its text layers say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import manifest as layers
from ..cards import Card, ShownAs
from ..errors import CorruptManifest, LoadError
from ..manifest import Config, Manifest
from ..messages import Message
from ..names import ModelName
from ..sentences import Sentence
from .blobs import Blobs

MAX_TEXTS_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class StoredModel(ShownAs):
    """One model, read. ``root`` is the folder of its store; ``parameters`` are as stored (unchecked), ``template`` and ``system`` are
    None when it has none.
    """

    name: ModelName
    manifest: Manifest
    config: Config
    root: Path
    model_paths: tuple[Path, ...] = ()
    adapters: tuple[Path, ...] = ()
    projectors: tuple[Path, ...] = ()
    drafts: tuple[Path, ...] = ()
    template: str | None = None
    system: str | None = None
    parameters: dict[str, Any] | None = None
    messages: tuple[Message, ...] = ()
    licenses: tuple[str, ...] = ()

    def _card(self) -> Card:
        files = {
            "weights": self.model_paths, "adapter": self.adapters, "projector": self.projectors, "draft": self.drafts,
        }  # fmt: skip
        details = self.config.details
        return Card(
            str(self.name),
            digest=self.digest,
            size_bytes=self.manifest.size,
            rows={
                "store": str(self.root),
                "family": details.family,
                "parameters": details.parameter_size,
                "quantization": details.quantization_level,
                **{kind: "\n".join(map(str, paths)) for kind, paths in files.items()},
                "system": self.system,
            },
            layers=tuple(layer.info for layer in self.manifest.blobs),
            folds={"Template": self.template or "", "Parameters": self.parameters or {}, "License": "\n\n".join(self.licenses)},
        )

    @property
    def digest(self) -> str:
        return self.manifest.digest

    @property
    def texts_bytes(self) -> int:
        """How long its text layers are together, by its manifest."""
        return sum(layer.size for layer in self.manifest.layers if layer.media_type in _TEXTS)

    @property
    def runs_here(self) -> bool:
        """Whether it has weights that llama.cpp reads."""
        return bool(self.model_paths)

    @property
    def path(self) -> Path:
        """The GGUF with the weights.

        Raises: LoadError when the model has weights of another kind, or elsewhere; CorruptManifest when it has none.
        """
        if self.model_paths:
            return self.model_paths[0]
        if self.config.remote_host or self.config.remote_model:
            remote = f"{self.config.remote_model or self.name} at {self.config.remote_host or 'ollama.com'}"
            raise LoadError(
                Sentence("%1 has no weights here: it stands for %2.", self.name, remote),
                hint="Pull or create a model that runs on this machine.", name=str(self.name),
            )  # fmt: skip
        if self.tensors:
            raise LoadError(
                Sentence("%1 is stored as %2 safetensors tensors, which only Ollama's MLX engine runs.",
                         self.name, f"{len(self.tensors):,}"),
                hint="Pull or create it as GGUF.", name=str(self.name),
            )  # fmt: skip
        raise CorruptManifest(Sentence("%1 has no weights.", self.name), hint="Create or pull it again.", name=str(self.name))

    @property
    def tensors(self) -> tuple[layers.Layer, ...]:
        """The tensors of a model that is not one GGUF, a layer each."""
        return self.manifest.of(layers.TENSOR)


def read(name: ModelName, manifest: Manifest, blobs: Blobs) -> StoredModel:
    """Read all text layers of a model. When there are several of one kind the last wins; parameters merge.

    Layers of kinds that are not known, or not used any more (``embed``), need not even be there.

    Raises: BlobNotFound, CorruptManifest.
    """
    config = Config.parse(blobs.read(manifest.config.digest))
    weights, adapters, projectors, drafts = (tuple(blobs.require(layer.digest) for layer in manifest.of(kind)) for kind in _FILES)
    model, left = StoredModel(name, manifest, config, blobs.folder.parent, weights, adapters, projectors, drafts), MAX_TEXTS_BYTES
    for layer in manifest.layers:
        if add := _TEXTS.get(layer.media_type):
            text = blobs.read(layer.digest)
            left -= len(text)
            if left < 0:
                raise CorruptManifest(
                    Sentence("the text layers of %1 are too large together.", name), hint="Create or pull it again.", name=str(name),
                )  # fmt: skip
            model = add(model, layer, text)
    return model


def _json(model: StoredModel, layer: layers.Layer, text: bytes, kind: type) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad(model, layer) from error
    if not isinstance(value, kind):
        raise _bad(model, layer)
    return value


def _bad(model: StoredModel, layer: layers.Layer) -> CorruptManifest:
    return CorruptManifest(
        Sentence("the %1 layer of %2 cannot be read.", layer.kind, model.name), hint="Create or pull it again.", name=str(model.name),
    )  # fmt: skip


def _add_template(model: StoredModel, layer: layers.Layer, text: bytes) -> StoredModel:
    return replace(model, template=text.decode("utf-8", "replace"))


def _add_system(model: StoredModel, layer: layers.Layer, text: bytes) -> StoredModel:
    return replace(model, system=text.decode("utf-8", "replace"))


def _add_license(model: StoredModel, layer: layers.Layer, text: bytes) -> StoredModel:
    return replace(model, licenses=(*model.licenses, text.decode("utf-8", "replace")))


def _add_parameters(model: StoredModel, layer: layers.Layer, text: bytes) -> StoredModel:
    return replace(model, parameters={**(model.parameters or {}), **_json(model, layer, text, dict)})


def _add_messages(model: StoredModel, layer: layers.Layer, text: bytes) -> StoredModel:
    found = []
    for one in _json(model, layer, text, list):
        try:
            role, content = one["role"], one.get("content") or ""
            if not isinstance(content, str):
                raise TypeError("the content of a message is a text")
            found.append(Message(role, content))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _bad(model, layer) from error
    return replace(model, messages=tuple(found))


_FILES = (layers.MODEL, layers.ADAPTER, layers.PROJECTOR, layers.DRAFT)
_TEXTS: dict[str, Callable[[StoredModel, layers.Layer, bytes], StoredModel]] = {
    layers.TEMPLATE: _add_template,
    layers.PROMPT: _add_template,
    layers.SYSTEM: _add_system,
    layers.LICENSE: _add_license,
    layers.PARAMS: _add_parameters,
    layers.MESSAGES: _add_messages,
}
