"""The loop: read, ask or obey, until the end."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from jupyter_ollama import Message, OllamaError

from ... import render
from ...errors import Cancelled, OptionError
from ...models import ModelInfo
from ..answer import Look, stream
from ..host import Host
from .orders import obey
from .reader import Reader, typing_ahead
from .session import Session

_GOES_ON = ("does not support thinking", "invalid think value")


def converse(host: Host, info: ModelInfo, look: Look, asked: dict[str, Any]) -> None:
    """Talk until ``/bye`` or Ctrl+D.

    Raises: OllamaError when an answer fails.
    """
    session = Session(host, info, look, keep_alive=asked.get("keep_alive"), format=asked.get("format"), think=asked.get("think"))
    session.load()
    for message in info.messages:
        _repeat(message)
    with typing_ahead():
        reader = Reader(host.here.settings.history, host.here.settings.editor)
        while (text := reader.read()) is not None and _turn(session, reader, text):
            pass


def _turn(session: Session, reader: Reader, text: str) -> bool:
    """Answer or obey. False when the conversation is to end."""
    if text.startswith("/"):
        return obey(session, reader, text)
    if text.strip():
        _answer(session, text)
    return True


def _answer(session: Session, text: str) -> None:
    session.messages.append(Message("user", text))
    try:
        done = stream(session.ask(), session.look)
    except KeyboardInterrupt:  # the conversation goes on, without what was said so far
        return
    except Cancelled:
        return
    except OptionError as error:
        session.messages.pop()
        sys.stderr.write(f"error: {render.visible(str(error))}\n")
        return
    except OllamaError as error:
        session.messages.pop()
        if not any(words in str(error) for words in _GOES_ON):
            raise
        sys.stdout.write(f"error: {render.visible(str(error))}\n")
        return
    session.messages.append(replace(done.message, thinking=""))


def _repeat(message: Message) -> None:
    """A MESSAGE of the model, as if it had just been said."""
    if message.role == "user":
        sys.stdout.write(f">>> {render.visible(message.content)}\n")
    elif message.role == "assistant":
        sys.stdout.write(f"{render.visible(message.content)}\n\n")
