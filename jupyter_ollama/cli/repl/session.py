"""What a conversation has: the model, what was said, and what ``/set`` changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_ollama import Done, Message, Modelfile, OllamaError, Run

from ...models import ModelInfo, ModelSummary
from ...options import Options
from ..answer import Look
from ..host import Host
from ..progress import follow


@dataclass
class Session:
    """``messages`` are those of this conversation, without the model's own; ``system`` is what was set last: ``clear`` brings it back."""

    host: Host
    info: ModelInfo
    look: Look
    keep_alive: float | None = None
    format: Any = None
    think: bool | str | None = None
    messages: list[Message] = field(default_factory=list)
    options: Options = field(default_factory=dict)
    system: str = ""

    @property
    def thinks(self) -> bool:
        return "thinking" in self.info.capabilities

    def load(self) -> None:
        """Have the model in memory before the first question."""
        follow(self.host.ollama.generate(self.info.name, "", keep_alive=self.keep_alive))

    def ask(self) -> Run[Done]:
        """Have the conversation answered."""
        think = self.think if self.think is not None or not self.thinks else True
        more: dict[str, Any] = {"format": self.format} if self.format is not None else {}
        return self.host.ollama.chat(
            self.info.name, self.messages, think=think, options=dict(self.options), keep_alive=self.keep_alive, **more
        )  # fmt: skip

    def set_system(self, text: str) -> None:
        """A system message from here on; one that nobody has answered yet is replaced."""
        self.system = text
        if self.messages and self.messages[-1].role == "system":
            self.messages.pop()
        self.messages.append(Message("system", text))

    def clear(self) -> None:
        """Forget what was said, but not what was set."""
        self.messages = [Message("system", self.system)] if self.system else []

    def switch(self, name: str) -> None:
        """Go on with another model and an empty conversation.

        Raises: OllamaError; the session is what it was then.
        """
        before, said = self.info, self.messages
        try:
            self.info, self.messages = self.host.ollama.show(name), []
            self.load()
        except OllamaError:
            self.info, self.messages = before, said
            raise

    def save(self, name: str) -> ModelSummary:
        """Make a model of what the conversation has become.

        Raises: OllamaError.
        """
        modelfile = Modelfile.build(
            self.info.name, system=self.system or None, parameters=dict(self.options),
            messages=[*self.info.messages, *(one for one in self.messages if one.role != "system")],
        )  # fmt: skip
        return self.host.ollama.create(name, modelfile).result()

    def look_at(self, **changes: bool) -> None:
        self.look = replace(self.look, **changes)
