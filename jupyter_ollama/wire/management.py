"""The requests of Ollama's API that look after models: create in both its forms, show, copy, delete, pull, push."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..messages import Message
from ..uploads import ADAPTERS, DRAFTS, FILES, Uploads
from .fields import Fields, bad
from .requests import message, options, streams


@dataclass(frozen=True, slots=True)
class NameRequest:
    """What names one model. ``name`` is how older clients call it. ``system`` and ``options`` are for show."""

    model: str
    stream: bool = True
    verbose: bool = False
    insecure: bool = False
    system: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes, struct: str) -> NameRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, struct)
        return cls(
            fields.text("model") or fields.text("name"), streams(fields), bool(fields.flag("verbose")), bool(fields.flag("insecure")),
            fields.text("system"), options(fields.mapping("options")),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """A second name for a model."""

    source: str
    destination: str

    @classmethod
    def read(cls, body: bytes) -> CopyRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "CopyRequest")
        return cls(fields.text("source"), fields.text("destination"))


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A model to be made: from the text of a Modelfile, or from ``parts``, which are those of ``Modelfile.build``."""

    model: str
    stream: bool
    modelfile: str
    uploads: Uploads
    parts: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> CreateRequest:
        """Read either form.

        Raises: BadRequest; SourceError or InvalidName for the names and digests of files.
        """
        fields = Fields.of(body, "CreateRequest")
        model = fields.text("model") or fields.text("name")
        if "path" in fields:
            hint = "Send the text of the Modelfile as modelfile, or its parts: from, system, parameters ..."
            raise bad("path is no longer supported: a server does not open files for its clients", hint=hint)
        uploads = Uploads.of(*(fields.mapping(name) for name in ("files", "adapters", "draft_files")))
        arguments = {
            "quantize": fields.text("quantize") or fields.text("quantization") or None,
            "info": fields.mapping("info") or None,
            "remote_host": fields.text("remote_host") or None,
            "draft_quantize": fields.text("draft_quantize") or None,
        }
        text = fields.text("modelfile")
        return cls(model, streams(fields), text, uploads, {} if text else _parts(fields, uploads), arguments)


def _parts(fields: Fields, uploads: Uploads) -> dict[str, Any]:
    source = fields.text("from") or (FILES if uploads.files else "")
    if not source:
        raise bad("neither 'from' or 'files' was specified")
    texts = ("template", "system", "renderer", "parser", "requires")
    return {
        "from_": source,
        "adapter": ADAPTERS if uploads.adapters else None,
        "draft": DRAFTS if uploads.draft_files else None,
        **{name: fields.text(name) or None for name in texts},
        "parameters": {name: value for name, value in fields.mapping("parameters").items() if value is not None},
        "license": _licenses(fields),
        "messages": _messages(fields),
    }


def _licenses(fields: Fields) -> list[str]:
    given = fields.any("license")
    return [given] if isinstance(given, str) and given else fields.texts("license") if isinstance(given, list) else []


def _messages(fields: Fields) -> list[Message]:
    return [message({"role": one.text("role"), "content": one.text("content")}) for one in fields.objects("messages", "Message")]
