"""A model as a whole: opened, copied, deleted, loaded and unloaded."""

from __future__ import annotations

from typing import Any

from ...models import Deleted, ModelSummary
from . import rows
from .ask import Ask, Started
from .rows import Json


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
    return rows.details(info, listed, aliases if listed.digest else ())


def copy(ask: Ask) -> None:
    """See ``Verbs.copy``."""
    ask.ollama.copy(ask.text("source"), ask.text("destination"))


def delete(ask: Ask) -> Json:
    """See ``Verbs.delete``."""
    return _removal(ask.ollama.delete(*_names(ask)))


def _removal(done: Deleted) -> Json:
    return {"names": list(done.names), "freed": done.freed_bytes, "kept": [rows.kept(one) for one in done.kept]}


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
        return Started(ask.ollama.embed(name, []), lambda _: None)
    return Started(ask.ollama.chat(name, []), lambda _: None)


def stop(ask: Ask) -> None:
    """See ``Verbs.stop``."""
    ask.ollama.stop(ask.text("name"))
