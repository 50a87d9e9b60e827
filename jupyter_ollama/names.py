"""Model names and digests: their grammar, written once.

A name reads ``[scheme://][host/][namespace/]model[:tag]``; missing parts have defaults. Parsing never fails, validity is asked
for: an empty part next to a separator becomes the placeholder ``!MISSING!``, which no rule accepts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from .errors import InvalidName

DEFAULT_HOST = "registry.ollama.ai"
DEFAULT_NAMESPACE = "library"
DEFAULT_TAG = "latest"
MISSING = "!MISSING!"

_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}", re.ASCII)
_NAMESPACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}", re.ASCII)
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}", re.ASCII)
_DIGEST = re.compile(r"sha256[:-]([0-9a-fA-F]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model's name in full. ``str()`` gives the shortest form: ``mario:latest``, ``hf.co/user/repo:Q4_K_M``."""

    model: str
    tag: str = DEFAULT_TAG
    namespace: str = DEFAULT_NAMESPACE
    host: str = DEFAULT_HOST
    scheme: str = "https"

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """Read a name as Ollama does, right to left and by position only. Ask ``is_valid`` afterwards."""
        path, tag = _cut_tag(text)
        before, model = _cut_last(path)
        if before is None:
            return cls(model, tag)
        place, namespace = _cut_last(before)
        if place is None:
            return cls(model, tag, namespace)
        scheme, separator, host = place.partition("://")
        if not separator:
            scheme, host = "https", place
        return cls(model, tag, namespace, host or MISSING, scheme)

    @classmethod
    def valid(cls, text: str) -> ModelName:
        """Parse a name that must be good.

        Raises: InvalidName.
        """
        name = cls.parse(text)
        if not name.is_valid:
            raise InvalidName(
                f"invalid model name {text!r}.",
                hint="A name is like mario, mario:v2 or me/mario: letters, digits, _ - . (no blanks, at most 80 characters).",
                name=text,
            )
        return name

    @property
    def is_valid(self) -> bool:
        return bool(
            _HOST.fullmatch(self.host)
            and _NAMESPACE.fullmatch(self.namespace)
            and _PART.fullmatch(self.model)
            and _PART.fullmatch(self.tag)
        )

    def __str__(self) -> str:
        short = f"{self.model}:{self.tag}"
        if self.host.lower() != DEFAULT_HOST:
            return f"{self.host}/{self.namespace}/{short}"
        return short if self.namespace.lower() == DEFAULT_NAMESPACE else f"{self.namespace}/{short}"

    @property
    def full(self) -> str:
        """Host, namespace, model and tag, always all four."""
        return f"{self.host}/{self.namespace}/{self.model}:{self.tag}"

    @property
    def path(self) -> PurePosixPath:
        """Where the manifest lies below ``manifests/``."""
        return PurePosixPath(self.host, self.namespace, self.model, self.tag)

    @classmethod
    def from_path(cls, path: PurePosixPath) -> ModelName | None:
        """The inverse of ``path``; None when the four parts do not make a valid name."""
        if len(path.parts) != 4:
            return None
        host, namespace, model, tag = path.parts
        name = cls(model, tag, namespace, host)
        return name if name.is_valid else None

    def same_as(self, other: ModelName) -> bool:
        """Equal but for upper and lower case, which is how names are looked up."""
        return self.full.lower() == other.full.lower()

    def spelled_like(self, existing: list[ModelName]) -> ModelName:
        """This name with each part spelled as some existing name already spells it, so that no two differ only in case."""
        parts = {}
        for field in ("host", "namespace", "model", "tag"):
            wanted = getattr(self, field)
            spelled = (getattr(name, field) for name in existing if getattr(name, field).lower() == wanted.lower())
            parts[field] = next(spelled, wanted)
        return replace(self, **parts)


def _cut_tag(text: str) -> tuple[str, str]:
    colon, slash = text.rfind(":"), text.rfind("/")
    if colon < 0 or colon < slash:
        return text, DEFAULT_TAG
    return text[:colon] or MISSING, text[colon + 1 :] or MISSING


def _cut_last(text: str) -> tuple[str | None, str]:
    before, found, after = text.rpartition("/")
    if not found:
        return None, after or MISSING
    return before or MISSING, after or MISSING


@dataclass(frozen=True, slots=True)
class Digest:
    """A sha256 digest. ``str()`` gives ``sha256:<64 hex>``, ``file_name`` the spelling used on the disk."""

    hex: str

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``sha256:<hex>`` or ``sha256-<hex>``.

        Raises: InvalidName.
        """
        match = _DIGEST.fullmatch(text) if isinstance(text, str) else None
        if not match:
            raise InvalidName(f"invalid digest format: {text!r}.", hint="A digest is sha256: and 64 hex digits.", name=text)
        return cls(match.group(1))

    def __str__(self) -> str:
        return f"sha256:{self.hex}"

    @property
    def file_name(self) -> str:
        return f"sha256-{self.hex}"

    @property
    def short(self) -> str:
        """The first twelve digits, as lists show them."""
        return self.hex[:12]
