"""Modules that children of the tests run: ``main(channel)`` as worker/boot.py calls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from jupyter_ollama.engine.frames import Frame
from jupyter_ollama.engine.worker.channel import Channel
from jupyter_ollama.errors import LoadError


def main(channel: Channel) -> None:
    """Do what each frame says; the verbs are named after what they do."""
    while (frame := channel.receive()) is not None:
        _VERBS[frame.kind](channel, frame)


def _echo(channel: Channel, frame: Frame) -> None:
    channel.send(frame)


def _print(channel: Channel, frame: Frame) -> None:
    print(frame.fields["text"], flush=True)
    os.write(1, b"from descriptor 1\n")
    channel.send(Frame("printed", frame.id))


def _die(_: Channel, frame: Frame) -> None:
    os.write(2, b"assertion of the test failed\n")
    os.kill(os.getpid(), getattr(signal, frame.fields["signal"]))


def _exit(_: Channel, frame: Frame) -> None:
    os._exit(frame.fields["code"])


def _refuse(channel: Channel, frame: Frame) -> None:
    channel.send_error(LoadError("no.", hint="try.", path=Path("/a/b"), log=["x"]), frame.id)


def _old(channel: Channel, _: Frame) -> None:
    channel.writer.write(b"JOE\x00" + bytes(8))
    channel.writer.flush()


def _half(channel: Channel, _: Frame) -> None:
    channel.writer.write(b"JOE\x01" + b"\xff\x00\x00\x00" + bytes(4) + b"{")
    channel.writer.flush()
    os._exit(3)


def _sleep(_: Channel, frame: Frame) -> None:
    time.sleep(frame.fields["seconds"])


def _facts(channel: Channel, frame: Frame) -> None:
    facts = {"session": os.getsid(0), "pid": os.getpid(), "path": sys.path, "backtrace": os.environ.get("GGML_NO_BACKTRACE")}
    channel.send(Frame("facts", frame.id, facts))


def _spawn(channel: Channel, frame: Frame) -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    channel.send(Frame("spawned", frame.id))


_VERBS = {verb.__name__[1:]: verb for verb in (_echo, _print, _die, _exit, _refuse, _old, _half, _sleep, _facts, _spawn)}
