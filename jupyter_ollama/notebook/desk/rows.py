"""The library's values as the JSON of ``labextension/src/protocol.ts``, one function for each of its shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ...events import Done, Statistics
from ...messages import Message, ToolCall
from ...models import Content, KeptBlob, LayerInfo, LoadedModel, ModelInfo, ModelSummary
from ...pieces import Pieces

Json = dict[str, Any]
EXACT = 1 << 53
"""Larger whole numbers are not what they are in JavaScript."""
DEEPEST = 50
LONGEST = 1_000_000
"""Characters of a text that is told; its layer has all of it."""


def plain(value: Any, depth: int = 0) -> Any:
    """What somebody else stored, as JSON that any page can read: numbers that JSON or JavaScript does not have become texts."""
    if depth > DEEPEST:
        return "…"
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -EXACT <= value <= EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {text(str(key)): plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [plain(one, depth + 1) for one in value]
    return text(str(value))


def text(value: str) -> str:
    """A text without halves of surrogate pairs, which no message can carry: names of files may have some."""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def model(one: ModelSummary, capabilities: Iterable[str] = ()) -> Json:
    """``IModel``."""
    details = one.details
    return {
        "name": one.name, "digest": one.digest, "size": one.size_bytes, "modified": one.modified_at.isoformat(), "family": details.family,
        "parameters": details.parameter_size, "quantization": details.quantization_level, "capabilities": list(capabilities),
        "remote": one.remote_host or one.remote_model, "readonly": bool(one.store),
    }  # fmt: skip


def loaded(one: LoadedModel) -> Json:
    """``ILoaded``."""
    return {
        "name": one.name, "digest": one.digest, "memory": one.size_bytes, "gpu": one.gpu_bytes, "processor": one.processor,
        "context": one.n_ctx, "expires": _instant(one.expires_at),
    }  # fmt: skip


def details(info: ModelInfo, listed: ModelSummary, aliases: Iterable[str]) -> Json:
    """``IDetails``."""
    family = info.metadata.get("general.architecture") or info.details.family
    context, embedding = (info.metadata.get(f"{family}.{key}") for key in ("context_length", "embedding_length"))
    return {
        **model(listed, info.capabilities), "layers": [layer(one) for one in info.layers], "aliases": list(aliases),
        "modelfile": text(info.modelfile[:LONGEST]), "system": text(info.system[:LONGEST]), "parametersSet": plain(info.parameters),
        "context": _whole(context) or info.details.context_length, "embedding": _whole(embedding) or info.details.embedding_length,
        "parameterCount": info.parameter_count, "tensorCount": info.tensor_count, "notes": [text(one) for one in info.notes],
        "requires": text(info.requires),
    }  # fmt: skip


def layer(one: LayerInfo) -> Json:
    """``ILayer``."""
    return {
        "kind": text(one.kind), "mediaType": text(one.media_type), "digest": one.digest, "size": one.size_bytes,
        "from": text(one.from_model), "shared": list(one.shared_with), "name": text(one.name),
    }  # fmt: skip


def content(held: Content) -> Json:
    """``IContent``."""
    return {
        "kind": text(held.kind), "text": text(held.text), "pieces": pieces(held.pieces),
        "messages": [message(one) for one in held.messages], "cut": held.cut,
    }  # fmt: skip


def pieces(held: Pieces) -> list[list[str]]:
    """``Piece[]``."""
    return [[style, text(part)] for style, part in held]


def message(one: Message) -> Json:
    """``IMessage``; what is empty is left out."""
    more = {
        "thinking": text(one.thinking), "toolCalls": [tool_call(call) for call in one.tool_calls], "toolName": text(one.tool_name),
    }  # fmt: skip
    return {"role": one.role, "content": text(one.content), **{key: held for key, held in more.items() if held}}


def tool_call(call: ToolCall) -> Json:
    """``IToolCall``."""
    return {"name": text(call.name), "arguments": plain(call.arguments), "id": text(call.id)}


def answer(done: Done) -> Json:
    """``IAnswer``."""
    cost = done.statistics
    return {
        "message": message(done.message), "turns": [message(one) for one in done.turns], "reason": done.done_reason, "digest": done.digest,
        "seed": plain(done.seed), "options": plain(done.options), "leftOut": done.left_out, "promptTokens": cost.prompt_eval_count,
        "cachedTokens": done.cached_tokens, "tokens": cost.eval_count, "seconds": _seconds(cost),
    }  # fmt: skip


def kept(blob: KeptBlob) -> Json:
    """One of ``IRemoval.kept``."""
    return {"kind": text(blob.kind), "size": blob.size_bytes, "heldBy": list(blob.held_by)}


def page(total: int, offset: int, rows: Iterable[Json]) -> Json:
    """``IPage``."""
    return {"total": total, "offset": offset, "rows": list(rows)}


def _seconds(cost: Statistics) -> Json:
    spans = {
        "total": cost.total_duration, "load": cost.load_duration, "prompt": cost.prompt_eval_duration, "answer": cost.eval_duration,
    }  # fmt: skip
    return {name: nanoseconds / 1e9 for name, nanoseconds in spans.items()}


def _instant(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < EXACT else 0
