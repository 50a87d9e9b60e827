"""A model as the store keeps it: a manifest that lists layers, and a config blob that describes the weights.

    {"schemaVersion":2,"mediaType":"...manifest.v2+json",
     "config":{"mediaType":"...image.v1+json","digest":"sha256:...","size":N},
     "layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:...","size":N,"from":"..."}, ...]}

Bytes are those Ollama writes; a manifest that was read keeps the bytes it came with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .cards import Card, ShownAs
from .errors import CorruptManifest, InvalidName
from .gojson import Struct, encode
from .models import Details, LayerInfo
from .names import Digest
from .sentences import Sentence
from .shown import Fields

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
LAYER_TYPE = "application/vnd.ollama.image."
MAX_MANIFEST_BYTES = 4 << 20

MODEL, PROJECTOR, ADAPTER, DRAFT = (LAYER_TYPE + kind for kind in ("model", "projector", "adapter", "draft"))
TEMPLATE, PROMPT, SYSTEM, LICENSE = (LAYER_TYPE + kind for kind in ("template", "prompt", "system", "license"))
PARAMS, MESSAGES = (LAYER_TYPE + kind for kind in ("params", "messages"))
TENSOR, JSON, EMBED = (LAYER_TYPE + kind for kind in ("tensor", "json", "embed"))


@dataclass(frozen=True, slots=True)
class Layer(Fields):
    """One content-addressed part of a model. ``from_model`` names the model it was inherited from."""

    media_type: str
    digest: Digest
    size: int
    from_model: str = ""
    name: str = ""

    @property
    def kind(self) -> str:
        """The last word of the media type: model, template, system ..."""
        return self.media_type.removeprefix(LAYER_TYPE)

    @property
    def info(self) -> LayerInfo:
        """The same as a plain value."""
        kind = "config" if self.media_type == CONFIG_TYPE else self.kind
        return LayerInfo(kind, self.media_type, str(self.digest), self.size, self.from_model, (), self.name)

    def to_json(self) -> Struct:
        layer = Struct(mediaType=self.media_type, digest=str(self.digest), size=self.size)
        if self.from_model:
            layer["from"] = self.from_model
        if self.name:
            layer["name"] = self.name
        return layer

    @classmethod
    def from_json(cls, value: Any) -> Layer:
        """Raises: ValueError when it is no layer."""
        if not isinstance(value, dict) or not _is_size(value.get("size", 0)):
            raise ValueError("a layer is an object with mediaType, digest and size")
        texts = value.get("mediaType") or "", value.get("from") or "", value.get("name") or ""
        if not (isinstance(texts[0], str) and isinstance(texts[1], str) and isinstance(texts[2], str)):
            raise ValueError("mediaType, from and name of a layer are texts")
        try:
            digest = Digest.parse(value.get("digest", ""))
        except InvalidName as error:
            raise ValueError(error.message) from error
        return cls(texts[0], digest, value.get("size", 0), texts[1], texts[2])


@dataclass(frozen=True, slots=True)
class Manifest(ShownAs):
    """The list of layers of one model."""

    config: Layer
    layers: tuple[Layer, ...]
    raw: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Manifest:
        """Read a manifest, keeping its bytes.

        Raises: CorruptManifest.
        """
        try:
            value = json.loads(raw)
            if not isinstance(value, dict):
                raise ValueError("a manifest is an object")
            layers = tuple(Layer.from_json(layer) for layer in _listed(value, "layers"))
            return cls(Layer.from_json(value.get("config")), layers, raw)
        except (ValueError, RecursionError) as error:
            raise CorruptManifest(Sentence("the manifest cannot be read: %1.", error), hint="Create or pull the model again.") from error

    @classmethod
    def build(cls, config: Layer, layers: Iterable[Layer]) -> Manifest:
        """A new manifest with its bytes."""
        layers = tuple(layers)
        value = Struct(
            schemaVersion=2,
            mediaType=MANIFEST_TYPE,
            config=config.to_json(),
            layers=[layer.to_json() for layer in layers] or None,
        )
        return cls(config, layers, encode(value))

    @property
    def digest(self) -> str:
        """Hex sha256 of the manifest's bytes: the identity of the model."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of the config and all layers, as listed."""
        return self.config.size + sum(layer.size for layer in self.layers)

    def _card(self) -> Card:
        return Card("Manifest", digest=self.digest, size_bytes=self.size, layers=tuple(layer.info for layer in self.blobs))

    @property
    def blobs(self) -> tuple[Layer, ...]:
        """Everything it refers to: layers and config."""
        return (*self.layers, self.config)

    def of(self, *media_types: str) -> tuple[Layer, ...]:
        """Its layers of these media types, in order."""
        return tuple(layer for layer in self.layers if layer.media_type in media_types)


@dataclass(frozen=True, slots=True)
class Draft(Fields):
    """What a config says of a draft model that lies among the tensors of its model."""

    model_format: str = ""
    architecture: str = ""
    tensor_prefix: str = ""
    config: str = ""


@dataclass(frozen=True, slots=True)
class Config(Fields):
    """The config blob. Fields that are empty are left out of its JSON, as Ollama does.

    ``remote_host`` and ``remote_model`` say where a model runs whose weights are not here.
    """

    model_format: str = ""
    model_family: str = ""
    model_families: tuple[str, ...] = ()
    model_type: str = ""
    file_type: str = ""
    renderer: str = ""
    parser: str = ""
    requires: str = ""
    remote_host: str = ""
    remote_model: str = ""
    capabilities: tuple[str, ...] = ()
    context_length: int = 0
    embedding_length: int = 0
    base_name: str = ""
    draft: Draft | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Config:
        """Read a config blob. Keys it does not know (``rootfs`` of old ones) are passed over.

        Raises: CorruptManifest.
        """
        try:
            value = json.loads(raw)
            if not isinstance(value, dict):
                raise ValueError("it is not an object")
            known: dict[str, Any] = _texts_of(value, _TEXTS)
            for key in ("model_families", "capabilities"):
                known[key] = tuple(item for item in _listed(value, key) if isinstance(item, str))
            for key in ("context_length", "embedding_length"):
                known[key] = value[key] if _is_size(value.get(key)) else 0
            if isinstance(draft := value.get("draft"), dict):
                known["draft"] = Draft(**_texts_of(draft, _DRAFT_TEXTS))
        except (ValueError, RecursionError) as error:
            raise CorruptManifest(Sentence("the model's config cannot be read: %1.", error), hint="Create or pull it again.") from error
        return cls(**known)

    def encode(self) -> bytes:
        """The blob's bytes."""
        value = Struct(
            model_format=self.model_format,
            model_family=self.model_family,
            model_families=list(self.model_families) or None,
            model_type=self.model_type,
            file_type=self.file_type,
        )
        for key in _OPTIONAL:
            held = getattr(self, key)
            if held:
                value[key] = list(held) if isinstance(held, tuple) else held
        if self.draft is not None:
            value["draft"] = Struct({key: held for key in _DRAFT_TEXTS if (held := getattr(self.draft, key))})
        value.update(architecture="amd64", os="linux")
        return encode(value)

    @property
    def details(self) -> Details:
        return Details(
            format=self.model_format,
            family=self.model_family,
            families=self.model_families,
            parameter_size=self.model_type,
            quantization_level=self.file_type,
            context_length=self.context_length,
            embedding_length=self.embedding_length,
        )


_DRAFT_TEXTS = ("model_format", "architecture", "tensor_prefix", "config")
_OPTIONAL = (
    *("renderer", "parser", "requires", "remote_host", "remote_model", "capabilities"),
    *("context_length", "embedding_length", "base_name"),
)
_TEXTS = (
    *("model_format", "model_family", "model_type", "file_type", "renderer", "parser", "requires"),
    *("remote_host", "remote_model", "base_name"),
)


def _texts_of(value: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: value[key] for key in keys if isinstance(value.get(key), str)}


def _is_size(value: Any) -> bool:
    """Whether it is a count of bytes as Go holds one."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def _listed(value: Mapping[str, Any], key: str) -> list[Any]:
    held = value.get(key) or []
    if not isinstance(held, list):
        raise ValueError(f"{key} is not a list")
    return held


def human_count(count: int) -> str:
    """Parameters as Ollama writes them: 1e9 and more ``N.NB``, 1e6 ``N.NNM``, 1e3 ``NK``, else digits."""
    for limit, letter, digits in ((10**9, "B", 1), (10**6, "M", 2)):
        if count >= limit:
            return f"{count // limit}{letter}" if count % limit == 0 else f"{count / limit:.{digits}f}{letter}"
    return f"{count // 1000}K" if count >= 1000 else str(count)
