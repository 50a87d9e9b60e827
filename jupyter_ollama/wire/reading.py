"""Ollama's and OpenAI's JSON to our values: what another engine answers. It comes from elsewhere: what is missing or of another kind is
passed over, never trusted."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from ..errors import EngineError, ModelNotFound, NotSupported, OllamaError, OptionError, Unauthorized
from ..events import Chunk, Progress, Statistics
from ..messages import Message, ToolCall
from ..models import Details, LoadedModel, ModelInfo, ModelSummary

T = TypeVar("T")
_YEARS_20_S = 20 * 365 * 86400
_UNAUTHORIZED = (401, 403)
Json = Mapping[str, Any]


def summaries(answer: Json) -> list[ModelSummary]:
    """The models of ``/api/tags``."""
    return [
        ModelSummary(
            _get(one, "name", str), _get(one, "digest", str).removeprefix("sha256:"), _get(one, "size", int),
            moment(one.get("modified_at")), details(one.get("details")), _get(one, "remote_model", str), _get(one, "remote_host", str),
        )
        for one in _objects(answer, "models")
    ]  # fmt: skip


def served(answer: Json) -> list[ModelSummary]:
    """The models of OpenAI's ``/v1/models``."""
    return [
        ModelSummary(_get(one, "id", str), "", 0, datetime.fromtimestamp(min(_get(one, "created", int), 1 << 32), UTC))
        for one in _objects(answer, "data")
    ]  # fmt: skip


def loaded(answer: Json) -> list[LoadedModel]:
    """The models of ``/api/ps``."""
    found = []
    for one in _objects(answer, "models"):
        size, on_gpu, expires = _get(one, "size", int), _get(one, "size_vram", int), moment(one.get("expires_at"))
        stays = (expires - datetime.now(UTC)).total_seconds() > _YEARS_20_S
        found.append(LoadedModel(
            _get(one, "name", str), _get(one, "digest", str).removeprefix("sha256:"), size, _processor(size, on_gpu),
            _get(one, "context_length", int), None if stays else expires, details(one.get("details")),
        ))  # fmt: skip
    return found


def _processor(size: int, on_gpu: int) -> str:
    if not on_gpu:
        return "100% CPU"
    if not size or on_gpu > size:
        return "Unknown"
    cpu = round(100 * (size - on_gpu) / size)
    return "100% GPU" if on_gpu == size else f"{cpu}%/{100 - cpu}% CPU/GPU"


def info(name: str, answer: Json) -> ModelInfo:
    """A model of ``/api/show``."""
    metadata = answer.get("model_info")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    parameter_count = metadata.pop("general.parameter_count", 0)
    licenses = answer.get("license") or ()
    return ModelInfo(
        name=name, digest="", size_bytes=0, modified_at=moment(answer.get("modified_at")), details=details(answer.get("details")),
        capabilities=tuple(one for one in answer.get("capabilities") or () if isinstance(one, str)),
        template=_get(answer, "template", str), system=_get(answer, "system", str), parameters=parameters(_get(answer, "parameters", str)),
        messages=tuple(messages(_objects(answer, "messages"))),
        licenses=(licenses,) if isinstance(licenses, str) else tuple(one for one in licenses if isinstance(one, str)),
        modelfile=_get(answer, "modelfile", str), layers=(), metadata=metadata,
        parameter_count=parameter_count if isinstance(parameter_count, int) else 0, requires=_get(answer, "requires", str),
        remote_model=_get(answer, "remote_model", str), remote_host=_get(answer, "remote_host", str),
    )  # fmt: skip


def parameters(lines: str) -> dict[str, Any]:
    """The lines of ``name    value`` that show answers; several lines of one name are a list."""
    found: dict[str, list[Any]] = {}
    for line in lines.splitlines():
        name, _, text = line.strip().partition(" ")
        if name:
            found.setdefault(name, []).append(_value(text.strip()))
    return {name: values if len(values) > 1 or name == "stop" else values[0] for name, values in found.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def details(held: Any) -> Details:
    one = held if isinstance(held, Mapping) else {}
    return Details(
        format=_get(one, "format", str), family=_get(one, "family", str),
        families=tuple(family for family in one.get("families") or () if isinstance(family, str)),
        parameter_size=_get(one, "parameter_size", str), quantization_level=_get(one, "quantization_level", str),
        context_length=_get(one, "context_length", int), embedding_length=_get(one, "embedding_length", int),
    )  # fmt: skip


def messages(held: Iterable[Json]) -> list[Message]:
    """Those that can be read."""
    found = []
    for one in held:
        try:
            found.append(Message(_get(one, "role", str).lower(), _get(one, "content", str)))
        except ValueError:
            continue
    return found


def progress(answer: Json) -> Progress:
    """A step of create, pull or push, in the host's words."""
    total = _get(answer, "total", int) or None
    completed = _get(answer, "completed", int) if total else None
    return Progress("elsewhere", _get(answer, "digest", str), completed, total, {"text": _get(answer, "status", str)})


def chunk(answer: Json) -> Chunk:
    """A piece of an answer of ``/api/chat`` or ``/api/generate``."""
    said = answer.get("message")
    said = said if isinstance(said, Mapping) else answer
    content = _get(said, "content", str) or _get(answer, "response", str)
    return Chunk(content, _get(said, "thinking", str), tool_calls(said))


def tool_calls(said: Json) -> tuple[ToolCall, ...]:
    """Calls, in Ollama's form or OpenAI's."""
    found = []
    for number, one in enumerate(_objects(said, "tool_calls")):
        function = one.get("function")
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            arguments = function.get("arguments") or {}
            arguments = _value(arguments) if isinstance(arguments, str) else arguments
            arguments = arguments if isinstance(arguments, Mapping) else {}
            index = function.get("index", one.get("index", number))
            found.append(ToolCall(function["name"], arguments, _get(one, "id", str), index if isinstance(index, int) else number))
    return tuple(found)


def statistics(answer: Json) -> Statistics:
    """What an answer cost."""
    return Statistics(**{one.name: _get(answer, one.name, int) for one in fields(Statistics)})


def vectors(held: Any) -> tuple[array[float], ...]:
    """Embeddings. Raises: EngineError for what is none."""
    try:
        found = tuple(array("f", one) for one in held)
    except (TypeError, OverflowError) as error:
        raise EngineError("The host answers with something that is no list of embeddings.") from error
    if not all(math.isfinite(number) for one in found for number in one):
        raise EngineError("The host answers with embeddings that are no numbers.")
    return found


def as_json(wanted: str) -> Any:
    """A format as a request carries it: ``json``, or a schema."""
    return wanted if wanted in ("", "json") else json.loads(wanted)


def moment(text: Any) -> datetime:
    """A time as Go writes it; the epoch for what is none."""
    if isinstance(text, str):
        head, dot, rest = text.replace("Z", "+00:00").partition(".")
        if dot:
            digits = len(rest) - len(rest.lstrip("0123456789"))
            head = f"{head}.{rest[: min(digits, 6)]:0<6}{rest[digits:]}"
        try:
            found = datetime.fromisoformat(head)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        except ValueError:
            pass
    return datetime.fromtimestamp(0, UTC)


def refusal(status: int, body: str, place: str) -> OllamaError:
    """The error that a status and its body stand for."""
    held = _value(body)
    error = held.get("error") if isinstance(held, Mapping) else None
    text = error.get("message") if isinstance(error, Mapping) else error
    said = text if isinstance(text, str) and text else body.strip()[:200] or f"status {status}"
    return _error(status, said, place)


def raise_error(answer: Json, place: str) -> None:
    """Raises: the error that a line of a stream carries, if it does."""
    error = answer.get("error")
    if error:
        said = error.get("message") if isinstance(error, Mapping) else error
        raise _error(500, str(said), place)


def _error(status: int, said: str, place: str) -> OllamaError:
    message = f"{place}: {said.rstrip('.')}."
    if status in _UNAUTHORIZED:
        return Unauthorized(message, hint="Give the token it wants: %ollama connect URL --token TOKEN.", text=said)
    if status == 404 and "not found" in said:
        return ModelNotFound(message, hint="%ollama list tells what it has.", name=said, text=said)
    if "does not support" in said:
        return NotSupported(message, text=said, name="", capabilities=())
    return OptionError(message, text=said) if status == 400 else EngineError(message, text=said)


def _get(held: Json, name: str, kind: type[T]) -> T:
    found = held.get(name)
    return found if isinstance(found, kind) and not isinstance(found, bool) else kind()


def _objects(held: Json, name: str) -> list[Json]:
    found = held.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
