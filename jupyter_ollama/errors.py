"""Every error a user can meet, as one tree.

    OllamaError
    ├── InvalidName            a model name or digest that does not follow the grammar
    ├── ModelNotFound          no such model in the store
    ├── ModelfileError         a Modelfile that does not parse (line, column)
    ├── OptionError            an unknown option, or a value of the wrong kind
    ├── TemplateError          a Go or Jinja template that does not parse or run (line, column)
    ├── Unsupported            the host of a remote engine lacks this verb (verb, host)
    ├── NotSupported           the model cannot do what is asked (name, capabilities)
    ├── SourceError            something a model is made from cannot be used (path)
    │   ├── GGUFError              a broken, truncated or unsupported GGUF file
    │   ├── SafetensorsError       a broken or truncated safetensors file or index
    │   ├── ArchiveError           a file that should hold saved models and does not
    │   ├── UnsupportedArchitecture no converter for this config.json
    │   └── QuantizationError      an unknown target type, or a source that cannot be quantized
    ├── StoreError             the model store refuses or fails
    │   ├── BlobNotFound           a manifest names a blob that is not on the disk
    │   ├── DigestMismatch         content that does not hash to its name
    │   ├── CorruptManifest        a manifest or config that is not what it should be
    │   ├── ReadOnlyStore          a change to a model that lies in the store of a system-wide Ollama
    │   └── DiskFull               not enough room for what is to be written
    ├── RegistryError          a registry refuses, fails or does not follow the protocol (host, status)
    │   ├── Unreachable            it does not answer: name, network, proxy, certificate
    │   ├── Unauthorized           it does not know this user's key, or not as one who may do this
    │   └── TransferFailed         a download or upload was given up; it can go on where it stopped
    ├── EngineError            a model cannot be run
    │   ├── LoadError              llama.cpp refused the file
    │   ├── ContextFull            the prompt does not fit the context
    │   ├── EngineBusy             too many requests wait already
    │   └── EngineCrashed          the native code died; its last log lines are attached
    ├── BadRequest             a request that does not follow the protocol it came in (status)
    ├── ServeError             the server cannot listen (address)
    ├── ExperimentError        an experiment that cannot be run as asked, or results that belong to another one (path)
    └── Cancelled              the caller asked for the work to stop

An error carries its facts as fields (``name``, ``path``, ``digest``, ``line`` ...) and a ``hint``: what to do next.
Its text is one sentence, the hint a second one. Nothing here talks HTTP, to notebooks or to processes.
"""

from __future__ import annotations

import unicodedata
from typing import Any


class OllamaError(Exception):
    """Base of all errors of this package.

    Args:
        message: one clear sentence that names the thing and the cause.
        hint: what the user can do about it; becomes the second sentence.
        facts: the same facts as data; each becomes an attribute.
    """

    def __init__(self, message: str, *, hint: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__.get("facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.hint, self.facts)

    def _render_traceback_(self) -> list[str]:
        """IPython prints these lines instead of a traceback: a user's mistake is one sentence, not a stack."""
        return [f"\x1b[31m{type(self).__name__}\x1b[0m: {self}"]


def _rebuild(cls: type[OllamaError], message: str, hint: str | None, facts: dict[str, Any]) -> OllamaError:
    return cls(message, hint=hint, **facts)


class InvalidName(OllamaError):
    """A model name or digest breaks the grammar. Fields: name, reason (what is wrong in it, where that is known)."""


class ModelNotFound(OllamaError):
    """The store has no such model. Fields: name, near (similar names that exist)."""


class ModelfileError(OllamaError):
    """A Modelfile does not parse. Fields: line, column (both from 1), reason (the message without them), text (Ollama's own wording),
    source_line.
    """

    def _render_traceback_(self) -> list[str]:
        """The sentence, and below it the line that is wrong with a mark where."""
        lines, source = super()._render_traceback_(), self.facts.get("source_line", "")
        return [*lines, *_marked(source, self.line, self.column)] if source.strip() else lines


def _marked(source: str, line: int, column: int) -> list[str]:
    """A source line with its number, and a caret below the column; long lines are cut around it."""
    start = max(0, column - 61)
    before, shown = source[start : column - 1], source[start : start + 120]
    columns = "".join("\t" if character == "\t" else " " * _columns(character) for character in before)
    number = f"{line:>5} | "
    return [number + shown, f"{'| ':>{len(number)}}{columns}\x1b[31m^\x1b[0m"]


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class OptionError(OllamaError):
    """An option is unknown or has a value of the wrong kind. Fields: option, value, near."""


class TemplateError(OllamaError):
    """A template does not parse or fails while it runs. Fields: line, column (from 1; 0: unknown), reason (the message without them)."""


class Unsupported(OllamaError):
    """The host of a remote engine lacks a verb, or speaks no API that is known. Fields: verb, host."""


class NotSupported(OllamaError):
    """A model cannot do what is asked: tools, thinking, images, chat. Fields: name, capabilities, text (Ollama's own wording)."""


class SourceError(OllamaError):
    """Something that a model should be made from cannot be used. Fields: path."""


class GGUFError(SourceError):
    """A GGUF file is broken, truncated or uses what this version does not know. Fields: path."""


class SafetensorsError(SourceError):
    """A safetensors file or its index is broken or truncated. Fields: path."""


class ArchiveError(SourceError):
    """A file that should hold saved models is broken, or holds something else. Fields: path."""


class UnsupportedArchitecture(SourceError):
    """No converter for this architecture. Fields: path, architecture, near."""


class QuantizationError(SourceError):
    """Unknown quantization type, or a source that cannot be quantized. Fields: quantize, supported."""


class StoreError(OllamaError):
    """The model store refuses or fails. Fields: path."""


class BlobNotFound(StoreError):
    """A blob is not in the store. Fields: digest, name."""


class DigestMismatch(StoreError):
    """Content does not hash to the digest it claims. Fields: expected, actual."""


class CorruptManifest(StoreError):
    """A manifest or config blob is not readable. Fields: path, name."""


class ReadOnlyStore(StoreError):
    """A model cannot be changed because it lies in a store that is only read. Fields: name, path."""


class DiskFull(StoreError):
    """Not enough room on the disk. Fields: path, needed_bytes, free_bytes."""


class RegistryError(OllamaError):
    """A registry refuses, fails, or does not follow the protocol. Fields: host, status (0: none), text (Ollama's own wording)."""


class Unreachable(RegistryError):
    """A registry does not answer. Fields: host, final (whether trying again is of no use)."""


class Unauthorized(RegistryError):
    """A registry does not let this user do that. Fields: host, key (the public key to make known to it)."""


class TransferFailed(RegistryError):
    """A download or upload was given up after several tries. What arrived is kept. Fields: host, digest."""


class EngineError(OllamaError):
    """A model cannot be run. Fields: name, path."""


class LoadError(EngineError):
    """llama.cpp refused to load the model. Fields: path, log (its last lines)."""


class ContextFull(EngineError):
    """The prompt has more tokens than the context. Fields: n_tokens, n_ctx."""


class EngineBusy(EngineError):
    """As many requests wait as may. Fields: name, text (Ollama's own wording)."""


class EngineCrashed(EngineError):
    """The child process that ran native code died. Fields: signal, exit_code, log (its last lines)."""


class BadRequest(OllamaError):
    """A request from outside does not follow its protocol. Fields: text (Ollama's own wording), status (HTTP's number for it)."""


class ServeError(OllamaError):
    """The server cannot listen at an address. Fields: address."""


class ExperimentError(OllamaError):
    """An experiment cannot be run as asked, or its results belong to another one."""


class Cancelled(OllamaError):
    """The work was cancelled before it finished."""


def by_name(name: str) -> type[OllamaError]:
    """The error class of that name (used when an error crosses a process border); OllamaError if there is none."""
    found = globals().get(name)
    return found if isinstance(found, type) and issubclass(found, OllamaError) else OllamaError
