"""A conversation in a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from traitlets import Any as Whatever
from traitlets import Dict, List, TraitError, Unicode, validate

from ...cards import Card
from ...messages import Message, MessageLike, as_messages
from ...options import check_options
from ...shown import Displayed
from ...wire.panel.answers import message
from ..desk.chat import read_message
from .widget import OllamaWidget

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

SAVED_CHARACTERS = 20_000


class Chat(OllamaWidget):
    """Talk to a model; answers stream in and can be stopped, asked for again and branched.

        chat = Chat("mario", system="Answer in Italian.", options={"temperature": 0})
        chat.messages   # what was said so far, and the way to begin somewhere else

    Args:
        model: its name; empty: one that is loaded, or the newest. The user can choose another one.
        system: instead of the model's own SYSTEM.
        options: PARAMETERs that differ from the model's.
        think: whether, or how much, a model that can think does.
        messages: what was said before: turns of user and assistant, as ``Ollama.chat`` takes them.

    Raises: BadOption for options that are none; traitlets.TraitError for messages that are no conversation.
    """

    front_end = "chat"

    model = Unicode(help="The name of the model that is asked.").tag(sync=True)
    system = Unicode(help="Instead of the model's own SYSTEM; empty: that one.").tag(sync=True)
    options = Dict(help="PARAMETERs that differ from the model's.").tag(sync=True)
    think = Whatever(None, allow_none=True, help="As Ollama.chat takes it.").tag(sync=True)
    messages: Any = List(help="What was said: a Message for each turn that is over.").tag(
        sync=True,
        to_json=lambda said, _: [message(one) for one in said],
        from_json=lambda said, _: [read_message(one) for one in said],
    )

    def __init__(
        self,
        model: str = "",
        *,
        system: str = "",
        options: Mapping[str, Any] | None = None,
        think: bool | str | None = None,
        messages: MessageLike | Iterable[MessageLike] = (),
        height: int = 480,
        ollama: Ollama | None = None,
    ) -> None:
        traits: dict[str, Any] = {"model": model, "system": system, "options": dict(check_options(options)), "think": think}
        super().__init__(ollama=ollama, height=height, messages=messages, **traits)

    @validate("messages")
    def _turns(self, proposal: Any) -> list[Message]:
        try:
            said = list(as_messages(proposal["value"]))
        except (TypeError, ValueError) as error:
            raise TraitError(f"messages: {error}.") from error
        if any(one.role == "system" for one in said):
            raise TraitError("messages: a system prompt is not a turn. Give it as system=.")
        if said and said[0].role != "user":
            raise TraitError("messages: a conversation begins with a message of the user.")
        return said

    def __repr__(self) -> str:
        return f"<Chat {self.model}: {len(self.messages)} messages>" if self.model else "<Chat>"

    def _still(self) -> Displayed:
        turns = [f"{one.role}: {one.content}" for one in self.messages if one.content]
        title = f"Chat with {self.model}" if self.model else "Chat"
        text = "\n\n".join(turns)[:SAVED_CHARACTERS]
        return Card(title, "Run the cell to talk.", folds={"What was said": text} if text else {})
