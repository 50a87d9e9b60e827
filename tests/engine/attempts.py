"""A child that loads and runs one model after the other: what a runner does for one, without a process for each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jupyter_ollama.engine.frames import Frame, unpack_ids
from jupyter_ollama.engine.protocol import FREE, NOTHING
from jupyter_ollama.engine.worker.channel import Channel
from jupyter_ollama.engine.worker.log import Log
from jupyter_ollama.engine.worker.runner import Runner


class Answers:
    """A client that keeps what it is sent."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def send(self, frame: Frame) -> None:
        self.frames.append(frame)

    def send_error(self, error: Any, request: int = 0) -> None:
        self.send(Frame.of_error(error, request))


def main(channel: Channel) -> None:
    """For each frame ``attempt``: load the model with these fields and answer a prompt; say how far that went."""
    log = Log()
    while (frame := channel.receive()) is not None:
        channel.send(Frame("outcome", frame.id, {"outcome": attempt(log, dict(frame.fields))}))


def attempt(log: Log, fields: dict[str, Any]) -> str:
    client: Any = Answers()
    runner = Runner(log)

    def ask(kind: str, fields: dict[str, Any], payload: bytes = b"") -> Frame:
        runner._handle(client, Frame(kind, 1, fields, payload))
        while runner._loop is not None and runner._loop.busy:
            runner._loop.step()
        return client.frames[-1]  # type: ignore[no-any-return]

    if ask("load", fields).kind == "error":
        return "refused"
    tokens = ask("tokenize", {"add_special": True, "parse_special": True}, b"hello, w\xc3\xb6rld <bos>")
    if tokens.kind == "error":
        return "no tokens"
    assert unpack_ids(tokens.payload) is not None
    fields = {
        "options": {"num_predict": 8, "seed": 1}, "shown": [], "keep": asdict(NOTHING), "n_keep": None, "adapters": [], "form": asdict(FREE),
    }  # fmt: skip
    return "answered" if ask("generate", fields, tokens.payload).kind == "end" else "no answer"
