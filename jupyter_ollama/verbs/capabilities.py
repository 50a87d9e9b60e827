"""What a model can do, and whether that is what a request needs: checked before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from ..errors import NotSupported, OptionError
from ..gguf import read_index
from ..gguf.projector import senses
from ..messages import Message, Tool
from ..sentences import Sentence
from ..store import StoredModel
from ..template.chat import ChatTemplate

LEVELS = ("low", "medium", "high", "max")
"""How much a model may think, where it knows more than yes and no."""

_HINTS = {
    "tools": "Its template has no place for them: use another model, or a TEMPLATE with .Tools.",
    "insert": "Use a model whose template has .Suffix.",
    "vision": "Use a model that was made with a projector, or leave the images out.",
}


def capabilities(model: StoredModel, template: ChatTemplate) -> tuple[str, ...]:
    """What a model can do, in Ollama's order.

    Source: what its config lists; whether the weights pool (embedding) or not (completion); what they and its projectors perceive; what
    the template in use offers.
    Raises: GGUFError.
    """
    projected = {sense for path in model.projectors for sense in _perceived(path) or ("vision",)}
    found = (*model.config.capabilities, *_of_weights(model.path), *sorted(projected, reverse=True), *template.capabilities)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _of_weights(path: Path) -> tuple[str, ...]:
    """Blobs never change, so reading each once is enough."""
    index = read_index(path)
    pools = f"{index.architecture}.pooling_type" in index.metadata
    return "embedding" if pools else "completion", *senses(index)


@lru_cache(maxsize=64)
def _perceived(path: Path) -> tuple[str, ...]:
    return senses(read_index(path))


def check(
    model: StoredModel, template: ChatTemplate, verb: str, *, asked: str = "",
    tools: Sequence[Tool] = (), suffix: str | None = None, messages: Iterable[Message] = (),
) -> None:  # fmt: skip
    """What a request needs, the model can.

    Args:
        asked: the model's name as the request spells it, which Ollama repeats in some of its texts.
    Raises: NotSupported for a model without text to give, for what its template has no place for, and for images.
    """
    can = capabilities(model, template)
    if "completion" not in can:
        raise NotSupported(
            Sentence("%1 makes embeddings and cannot %2.", model.name, verb),
            hint="Ask it for embeddings with embed, or choose a model that writes.", name=str(model.name), capabilities=("completion",),
            text=f'"{asked or model.name}" does not support {verb}',
        )  # fmt: skip
    images = any(one.images for one in messages)
    wanted = {"tools": bool(tools), "insert": bool(suffix), "vision": images}
    missing = tuple(name for name, needed in wanted.items() if needed and name not in can)
    if missing:
        raise NotSupported(
            Sentence("%1 does not support %2.", model.name, " and ".join(missing)), hint=_HINTS[missing[0]], name=str(model.name),
            capabilities=missing, text="\n".join(f"{model.name.full} does not support {one}" for one in missing),
        )  # fmt: skip
    if images:
        raise NotSupported(
            "images cannot be used yet: this version gives models text only.", hint="Leave the images out.",
            name=str(model.name), capabilities=("vision",),
        )  # fmt: skip


def thinking(model: StoredModel, template: ChatTemplate, think: bool | str | None, asked: str = "") -> bool | str | None:
    """How the model shall think: what is asked for, else yes if it can. ``asked`` is as for ``check``.

    Raises: OptionError for an unknown level, NotSupported for a model that cannot.
    """
    if not (think is None or isinstance(think, bool) or think in LEVELS):
        raise OptionError(
            Sentence("think cannot be %1.", repr(think)), hint=Sentence("It is True, False, or one of %1.", ", ".join(LEVELS)),
            option="think", value=think, text=f'invalid think value: "{think}" (must be "high", "medium", "low", "max", true, or false)',
        )  # fmt: skip
    can = "thinking" in capabilities(model, template)
    if think and not can:
        old = model.config.model_family == "qwen3" or model.name.model.lower() == "deepseek-r1"
        again = Sentence("Pull the model again to get the latest version with full thinking support")
        raise NotSupported(
            Sentence("%1 does not support thinking.", model.name),
            hint=Sentence("%1.", again) if old else "Leave think out, or use another model.", name=str(model.name),
            capabilities=("thinking",), text=f'"{asked or model.name}" does not support thinking' + (f". {again}" if old else ""),
        )  # fmt: skip
    if think is None:
        return True if can else None
    return "high" if think == "max" and template.is_harmony else think
