"""Model names and digests: their grammar, written once.

A name reads ``[scheme://][host/][namespace/]model[:tag]``; missing parts have defaults. Parsing never fails, validity is asked
for: an empty part next to a separator becomes the placeholder ``!MISSING!``, which no rule accepts.

Names that people give may end in a word that says where the model lives: ``mario:local`` is the local ``mario``, ``gpt:20b:cloud`` the
model tagged ``20b-cloud``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from .errors import InvalidName
from .sentences import Sentence, together

DEFAULT_HOST = "registry.ollama.ai"
DEFAULT_NAMESPACE = "library"
DEFAULT_TAG = "latest"
MISSING = "!MISSING!"

_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}", re.ASCII)
_NAMESPACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}", re.ASCII)
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}", re.ASCII)
_RULES = {
    "host": (_HOST, Sentence("host"), 350),
    "namespace": (_NAMESPACE, Sentence("namespace"), 80),
    "model": (_PART, Sentence("name"), 80),
    "tag": (_PART, Sentence("tag behind the colon"), 80),
}
"""The parts of a name: their rule, what they are called, how long they may be."""
_HINT = "A name is like mario, mario:v2 or me/mario: letters, digits, _ - . (no blanks, at most 80 characters)."
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
        """Read a name that somebody gave, which must be good. ``:local`` at its end is no tag: it is taken off.

        Raises: InvalidName.
        """
        if not text:
            raise InvalidName("model is required.", hint=_HINT, name=text)
        name = cls.parse(_without_place(text))
        if not name.is_valid:
            raise InvalidName(
                Sentence("invalid model name %1.", repr(text)), hint=together(name.mistake, _HINT), name=text, reason=name.mistake,
                text="invalid model name",
            )  # fmt: skip
        return name

    @property
    def is_valid(self) -> bool:
        return all(rule.fullmatch(getattr(self, part)) for part, (rule, _, _) in _RULES.items())

    @property
    def mistake(self) -> Sentence | None:
        """What is wrong with it, if it is not valid."""
        for part, (rule, called, longest) in _RULES.items():
            text = getattr(self, part)
            if rule.fullmatch(text):
                continue
            if text in ("", MISSING):
                return Sentence("The %1 is missing.", called)
            if len(text) > longest:
                return Sentence("The %1 is longer than %2 characters.", called, longest)
            beginning = rule.match(text)
            wrong = text[beginning.end() if beginning else 0]
            if wrong.isspace():
                return Sentence("Names have no blanks.")
            if not beginning:
                return Sentence("The %1 cannot begin with %2.", called, repr(wrong))
            return Sentence("The %1 cannot contain %2.", called, repr(wrong))
        return None

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

    def same_as(self, other: ModelName) -> bool:
        """Equal but for upper and lower case, which is how names are looked up."""
        return self.folded == other.folded

    @property
    def folded(self) -> str:
        """The full name in lower case: equal for names that are the same model."""
        return self.full.lower()

    def spelled_like(self, existing: Iterable[ModelName]) -> ModelName:
        """This name with each part spelled as some existing name already spells it, so that no two differ only in case."""
        existing, parts = list(existing), {}
        for field in ("host", "namespace", "model", "tag"):
            wanted = getattr(self, field)
            spellings = {held for name in existing if (held := getattr(name, field)).lower() == wanted.lower()}
            parts[field] = wanted if wanted in spellings else min(spellings, default=wanted)
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


def _without_place(text: str) -> str:
    """The name without ``:local``; ``m:20b:cloud`` as ``m:20b-cloud``. A lone ``:cloud`` is an ordinary tag.

    Raises: InvalidName when it names two places.
    """
    base, place = _cut_place(text)
    if not place:
        return text
    if _cut_place(base)[1]:
        message = Sentence("use either :local or :cloud, not both: %1.", repr(text))
        raise InvalidName(message, hint=Sentence("Try %1.", _bare(base)), name=text)
    if place == "local":
        return base
    return f"{base}-cloud" if _cut_tag(base)[0] != base and text.lower().endswith(":cloud") else text


def _cut_place(text: str) -> tuple[str, str]:
    """What stands before a place at the end, and the place: local or cloud; empty when there is none."""
    base, colon, last = text.rpartition(":")
    if colon and last.lower() in ("local", "cloud"):
        return base, last.lower()
    if colon and "/" not in last and last.lower().endswith("-cloud"):
        return text[: -len("-cloud")], "cloud"
    return text, ""


def _bare(text: str) -> str:
    place = "?"
    while place:
        text, place = _cut_place(text)
    return text


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
            hint = "A digest is sha256: and 64 hex digits."
            raise InvalidName(Sentence("invalid digest format: %1.", repr(text)), hint=hint, name=text, text="invalid digest format")
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
