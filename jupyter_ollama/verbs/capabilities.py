"""What a request needs of a model, checked before the model is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ..errors import NotSupported, OptionError
from ..gguf import read_index
from ..messages import Message, Tool
from ..store import StoredModel
from ..template.chat import ChatTemplate

LEVELS = ("low", "medium", "high", "max")
"""How much a model may think, where it knows more than yes and no."""

_HINTS = {
    "tools": "Its template has no place for them: use another model, or a TEMPLATE with .Tools.",
    "insert": "Use a model whose template has .Suffix.",
    "vision": "Use a model that was made with a projector, or leave the images out.",
}


def check_verb(model: StoredModel, verb: str) -> None:
    """Raises: NotSupported when the model only makes embeddings."""
    if _makes_embeddings(model.path):
        raise NotSupported(
            f"{model.name} makes embeddings and cannot {verb}.", hint="Choose another model.",
            name=str(model.name), capabilities=("completion",), text=f'"{model.name}" does not support {verb}',
        )  # fmt: skip


@lru_cache(maxsize=64)
def _makes_embeddings(path: Path) -> bool:
    """Blobs never change, so reading each once is enough."""
    index = read_index(path)
    return f"{index.architecture}.pooling_type" in index.metadata


def check_wanted(
    model: StoredModel, template: ChatTemplate, *, tools: Iterable[Tool] = (), suffix: str | None = None, messages: Iterable[Message] = ()
) -> None:
    """Raises: NotSupported for what the template has no place for, and for images."""
    can = {*model.config.capabilities, *template.capabilities}
    if model.projectors or "vision" in can:
        can.add("vision")
    images = any(one.images for one in messages)
    wanted = {"tools": bool(list(tools)), "insert": bool(suffix), "vision": images}
    missing = tuple(name for name, needed in wanted.items() if needed and name not in can)
    if missing:
        raise NotSupported(
            f"{model.name} does not support {' and '.join(missing)}.", hint=_HINTS[missing[0]], name=str(model.name),
            capabilities=missing, text="\n".join(f"{model.name.full} does not support {one}" for one in missing),
        )  # fmt: skip
    if images:
        raise NotSupported(
            "images cannot be used yet: this version gives models text only.", hint="Leave the images out.",
            name=str(model.name), capabilities=("vision",),
        )  # fmt: skip


def thinking(model: StoredModel, template: ChatTemplate, think: bool | str | None) -> bool | str | None:
    """How the model shall think: what is asked for, else yes if it can.

    Raises: OptionError for an unknown level, NotSupported for a model that cannot.
    """
    if not (think is None or isinstance(think, bool) or think in LEVELS):
        raise OptionError(
            f"think cannot be {think!r}.", hint=f"It is True, False, or one of {', '.join(LEVELS)}.", option="think", value=think,
            text=f'invalid think value: "{think}" (must be "high", "medium", "low", "max", true, or false)',
        )  # fmt: skip
    can = "thinking" in model.config.capabilities or "thinking" in template.capabilities
    if think and not can:
        old = model.config.model_family == "qwen3" or model.name.model.lower() == "deepseek-r1"
        again = "Pull the model again to get the latest version with full thinking support"
        raise NotSupported(
            f"{model.name} does not support thinking.", hint=f"{again}." if old else "Leave think out, or use another model.",
            name=str(model.name), capabilities=("thinking",),
            text=f'"{model.name}" does not support thinking' + (f". {again}" if old else ""),
        )  # fmt: skip
    if think is None:
        return True if can else None
    return "high" if think == "max" and template.is_harmony else think
