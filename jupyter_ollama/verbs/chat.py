"""``chat``: the next turn of a conversation."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ..engine.protocol import EngineInfo
from ..engine.scheduler import Engines
from ..events import Done, Event
from ..messages import Message
from ..run import CancelToken
from ..settings import Settings
from ..store import Store, StoredModel
from .answer import answer, request, template_of
from .resolve import resolve


def chat(
    store: Store, engines: Engines, settings: Settings, model: str, messages: Sequence[Message], *,
    options: dict[str, object] | None = None, system: str | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Done]:  # fmt: skip
    """Answer a conversation. ``system`` takes the place of the model's own SYSTEM.

    Raises: ModelNotFound, OptionError, TemplateError, EngineError and its kin, Cancelled.
    """
    stored = yield from resolve(store, model, cancel)
    wanted = request(stored, options, keep_alive_s, settings)
    template = template_of(stored, settings)
    conversation = with_model(stored, messages, system)

    def prompt(info: EngineInfo) -> str:
        return template.render(conversation, bos_token=info.bos_text, eos_token=info.eos_text)

    return (yield from answer(engines, wanted, prompt, cancel))


def with_model(model: StoredModel, messages: Sequence[Message], system: str | None) -> list[Message]:
    """The model's SYSTEM (unless the conversation opens with its own) and MESSAGEs before the conversation."""
    own = model.system if system is None else system
    leading = [Message("system", own)] if own and not (messages and messages[0].role == "system") else []
    if leading or not messages or messages[0].role != "system":
        return [*leading, *model.messages, *messages]
    return [*model.messages, *messages]
