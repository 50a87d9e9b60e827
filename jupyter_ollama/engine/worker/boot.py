"""Where a child process starts: ``boot.py MODULE PARENT_PID SYS_PATH``.

The kernel runs this file by its path. Its own standard streams carry the frames; before anything else can print, they are moved
aside: standard output then goes to standard error, whose last lines the kernel keeps. The child ends when its parent is gone.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
import traceback
from contextlib import suppress

WATCH_EVERY_S = 0.5


def _streams() -> tuple[int, int]:
    """File descriptors of the frames, moved away from 0 and 1, where native code and print would find them."""
    frames_in, frames_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return frames_in, frames_out


def _watch(parent: int) -> None:
    """End with the parent, even if a fork of it still holds the other end of our pipe."""
    while os.getppid() == parent:
        time.sleep(WATCH_EVERY_S)
    os._exit(0)


def _no_core_dumps() -> None:
    with suppress(ImportError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def start(module: str, parent: int, path: list[str]) -> None:
    """Set up the process and hand over to ``module.main(channel)``."""
    frames_in, frames_out = _streams()
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()
    _no_core_dumps()
    os.environ["GGML_NO_BACKTRACE"] = "1"  # an abort would otherwise start a debugger
    sys.path[:] = path
    from jupyter_ollama.engine.worker.channel import Channel

    code = 1
    try:
        importlib.import_module(module).main(Channel(os.fdopen(frames_in, "rb"), os.fdopen(frames_out, "wb", buffering=0)))
        code = 0
    except BaseException:  # noqa: BLE001 (a bug: the kernel shows the last line and keeps the rest as the log)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # native libraries may hang or crash while a process is taken down in order; nothing is left to save


if __name__ == "__main__":
    start(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]))
