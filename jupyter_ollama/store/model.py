"""A model opened from the store: where its weights lie and what its text layers say."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import manifest as layers
from ..cards import Card, ShownAs
from ..errors import CorruptManifest, LoadError
from ..manifest import Config, Manifest
from ..messages import Message
from ..names import ModelName
from .blobs import Blobs


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
                f"{self.name} has no weights here: it stands for {remote}.", hint="Pull or create a model that runs on this machine.",
                name=str(self.name),
            )  # fmt: skip
        if self.tensors:
            raise LoadError(
                f"{self.name} is stored as {len(self.tensors):,} safetensors tensors, which only Ollama's MLX engine runs.",
                hint="Pull or create it as GGUF.", name=str(self.name),
            )  # fmt: skip
        raise CorruptManifest(f"{self.name} has no weights.", hint="Create or pull it again.", name=str(self.name))

    @property
    def tensors(self) -> tuple[layers.Layer, ...]:
        """The tensors of a model that is not one GGUF, a layer each."""
        return self.manifest.of(layers.TENSOR)


def read(name: ModelName, manifest: Manifest, blobs: Blobs) -> StoredModel:
    """Read all text layers of a model. When there are several of one kind the last wins; parameters merge.

    Layers of kinds that are not known, or not used any more (``embed``), need not even be there.

    Raises: BlobNotFound, CorruptManifest.
    """
    model = StoredModel(name, manifest, Config.parse(blobs.read(manifest.config.digest)), blobs.folder.parent)
    for layer in manifest.layers:
        add = _READERS.get(layer.media_type)
        if add is not None:
            model = add(model, blobs, layer)
    return model


def _text(blobs: Blobs, layer: layers.Layer) -> str:
    return blobs.read(layer.digest).decode("utf-8", "replace")


def _json(model: StoredModel, blobs: Blobs, layer: layers.Layer, kind: type) -> Any:
    try:
        value = json.loads(blobs.read(layer.digest))
    except (ValueError, RecursionError) as error:
        raise _bad(model, layer) from error
    if not isinstance(value, kind):
        raise _bad(model, layer)
    return value


def _bad(model: StoredModel, layer: layers.Layer) -> CorruptManifest:
    return CorruptManifest(
        f"the {layer.kind} layer of {model.name} cannot be read.", hint="Create or pull it again.", name=str(model.name),
    )  # fmt: skip


def _add_model(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, model_paths=(*model.model_paths, blobs.require(layer.digest)))


def _add_adapter(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, adapters=(*model.adapters, blobs.require(layer.digest)))


def _add_projector(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, projectors=(*model.projectors, blobs.require(layer.digest)))


def _add_draft(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, drafts=(*model.drafts, blobs.require(layer.digest)))


def _add_template(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, template=_text(blobs, layer))


def _add_system(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, system=_text(blobs, layer))


def _add_license(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, licenses=(*model.licenses, _text(blobs, layer)))


def _add_parameters(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    return replace(model, parameters={**(model.parameters or {}), **_json(model, blobs, layer, dict)})


def _add_messages(model: StoredModel, blobs: Blobs, layer: layers.Layer) -> StoredModel:
    found = []
    for one in _json(model, blobs, layer, list):
        try:
            found.append(Message(str(one["role"]), str(one.get("content", ""))))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _bad(model, layer) from error
    return replace(model, messages=tuple(found))


_READERS = {
    layers.MODEL: _add_model,
    layers.ADAPTER: _add_adapter,
    layers.PROJECTOR: _add_projector,
    layers.DRAFT: _add_draft,
    layers.TEMPLATE: _add_template,
    layers.PROMPT: _add_template,
    layers.SYSTEM: _add_system,
    layers.LICENSE: _add_license,
    layers.PARAMS: _add_parameters,
    layers.MESSAGES: _add_messages,
}
