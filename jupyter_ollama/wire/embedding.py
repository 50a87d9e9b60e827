"""Embeddings: what is asked for, and the answers, in Ollama's two forms and in OpenAI's."""

from __future__ import annotations

import base64
import sys
from array import array
from dataclasses import dataclass
from typing import Any

from ..embeddings import Embeddings
from .answers import Json
from .encoding import present
from .fields import Fields, bad
from .requests import keep_alive, options

_FORMATS = ("float", "base64")


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """Texts to be embedded. ``arguments`` are those of ``embed``; ``encoding`` is how OpenAI's clients want the numbers."""

    model: str
    texts: tuple[str, ...]
    arguments: dict[str, Any]
    encoding: str = "float"

    @classmethod
    def read(cls, body: bytes) -> EmbedRequest:
        """``/api/embed``. Raises: BadRequest."""
        fields = Fields.of(body, "EmbedRequest")
        texts = _texts(fields.any("input"), "invalid input type")
        arguments = {"truncate": fields.flag("truncate") is not False} | _dimensions(fields) | _common(fields)
        return cls(fields.text("model"), texts, arguments)

    @classmethod
    def read_old(cls, body: bytes) -> EmbedRequest:
        """``/api/embeddings``: one text, whose vector keeps its length. Raises: BadRequest."""
        fields = Fields.of(body, "EmbeddingRequest")
        prompt = fields.text("prompt")
        return cls(fields.text("model"), (prompt,) if prompt else (), {"truncate": False, "normalize": False} | _common(fields))

    @classmethod
    def read_openai(cls, body: bytes) -> EmbedRequest:
        """``/v1/embeddings``. Raises: BadRequest."""
        fields = Fields.of(body, "EmbedRequest")
        encoding = fields.text("encoding_format") or "float"
        if encoding not in _FORMATS:
            raise bad(f"Invalid value for 'encoding_format' = {encoding}. Supported values: ['float', 'base64'].")
        texts = _texts(fields.any("input"), "invalid input")
        if not texts:
            raise bad("invalid input")
        return cls(fields.text("model"), texts, _dimensions(fields), encoding)


def answer(model: str, found: Embeddings) -> Json:
    """What ``/api/embed`` answers."""
    cost = found.statistics
    told = {"total_duration": cost.total_duration, "load_duration": cost.load_duration, "prompt_eval_count": cost.prompt_eval_count}
    return {"model": model, "embeddings": [numbers(one) for one in found], **present(told)}


def old_answer(found: Embeddings) -> Json:
    """What ``/api/embeddings`` answers."""
    return {"embedding": numbers(found[0]) if len(found) else []}


def openai_answer(model: str, found: Embeddings, encoding: str) -> Json:
    """What ``/v1/embeddings`` answers."""
    shown = _base64 if encoding == "base64" else numbers
    data = [{"object": "embedding", "embedding": shown(one), "index": index} for index, one in enumerate(found)]
    count = found.statistics.prompt_eval_count
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": count, "total_tokens": count}}


def numbers(vector: array[float]) -> list[float]:
    """32-bit numbers with as many digits as they have."""
    return [float(f"{number:.9g}") for number in vector]


def _base64(vector: array[float]) -> str:
    """Little-endian 32-bit numbers."""
    if sys.byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return base64.b64encode(vector.tobytes()).decode()


def _texts(given: Any, refusal: str) -> tuple[str, ...]:
    if given is None or given == "":
        return ()
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise bad(refusal)
    return tuple(texts)


def _dimensions(fields: Fields) -> dict[str, Any]:
    return {"dimensions": max(0, fields.count("dimensions") or 0)}


def _common(fields: Fields) -> dict[str, Any]:
    return {"options": options(fields.mapping("options")), "keep_alive": keep_alive(fields.any("keep_alive"))}
