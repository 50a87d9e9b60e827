"""A model as a whole: opened, copied, deleted, loaded and unloaded."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidName
from ...models import ModelSummary
from ...names import ModelName
from ...wire.panel import opened
from ...wire.panel.plain import said
from .ask import Ask, Started

Json = dict[str, Any]


def open_model(ask: Ask) -> Json:
    """See ``Verbs.open``."""
    info = ask.ollama.show(ask.text("name"))
    models = ask.ollama.list()
    listed = next((one for one in models if one.name in (info.name, f"{info.name}:latest")), None)
    if listed is None:  # deleted meanwhile, or not spelled as the host spells it
        listed = ModelSummary(
            info.name, info.digest, info.size_bytes, info.modified_at, info.details, info.remote_model, info.remote_host, info.store,
        )  # fmt: skip
    aliases = (one.name for one in models if one.digest == listed.digest and one.name != listed.name)
    return opened.details(info, listed, aliases if listed.digest else ())


def name(ask: Ask) -> Json:
    """See ``Verbs.name``."""
    try:
        named = ModelName.valid(ask.text("name"))
    except InvalidName as error:
        return {"name": "", "wrong": said(error.facts.get("reason") or error.message)}
    return {"name": str(named), "wrong": None}


def copy(ask: Ask) -> None:
    """See ``Verbs.copy``."""
    ask.ollama.copy(ask.text("source"), ask.text("destination"))


def delete(ask: Ask) -> Json:
    """See ``Verbs.delete``."""
    return opened.removal(ask.ollama.delete(*_names(ask)))


def removal(ask: Ask) -> Json:
    """See ``Verbs.removal``."""
    return opened.removal(ask.ollama.removal(*_names(ask)))


def _names(ask: Ask) -> list[str]:
    names = ask.texts("names")
    if not names:
        raise ask.refuse("names is empty.")
    return names


def load(ask: Ask) -> Started[Any]:
    """See ``Verbs.load``."""
    name = ask.text("name")
    can = ask.ollama.show(name).capabilities
    if "embedding" in can and "completion" not in can:
        return Started(ask.ollama.embed(name, []), _nothing)
    return Started(ask.ollama.chat(name, []), _nothing)


def stop(ask: Ask) -> None:
    """See ``Verbs.stop``."""
    ask.ollama.stop(ask.text("name"))


def _nothing(result: Any) -> None:
    """What a front end is told of a model that was loaded."""
