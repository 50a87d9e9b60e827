"""Where a child process starts: ``boot.py MODULE PARENT_PID SYS_PATH [LISTENER RECORD]``.

The kernel runs this file by its path. Its own standard streams carry the frames; before anything else can print, they are moved
aside: standard output then goes to standard error, whose last lines the kernel keeps. The child ends when its parent is gone.

One that is given a listening socket and the record it is known by serves whoever connects, and outlives the kernel that started it; its
standard output and error are a log file.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
import threading
import time
import traceback
from contextlib import suppress

WATCH_EVERY_S = 0.5
DIES_FIRST = 500  # of 1000


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


def _die_first() -> None:
    """Where memory runs out, the system shall end this process rather than a kernel (Linux)."""
    with suppress(OSError, ValueError), open("/proc/self/oom_score_adj", "r+", encoding="ascii") as file:  # noqa: PTH123
        if int(file.read()) < DIES_FIRST:
            file.seek(0)
            file.write(str(DIES_FIRST))


def start(module: str, parent: int, path: list[str], *shared: str) -> None:
    """Set up the process and hand over to ``module.main(channel)``, or to ``module.serve(listener, record)``."""
    streams = None if shared else _streams()
    if parent:
        threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()
    _no_core_dumps()
    _die_first()
    os.environ["GGML_NO_BACKTRACE"] = "1"  # an abort would otherwise start a debugger
    sys.path[:] = path

    code = 1
    try:
        if streams is None:
            faulthandler.enable(all_threads=False)  # kernels that are not its parent read in the log which signal ended it
            importlib.import_module(module).serve(int(shared[0]), shared[1])
        else:
            from jupyter_ollama.engine.worker.channel import Channel

            importlib.import_module(module).main(Channel(os.fdopen(streams[0], "rb"), os.fdopen(streams[1], "wb", buffering=0)))
        code = 0
    except BaseException:  # noqa: BLE001 (a bug: the kernel shows the last line and keeps the rest as the log)
        traceback.print_exc()
        if shared:
            print("Fatal Python error: exit code 1", file=sys.stderr)  # noqa: T201 (autopsy.py reads it)
    finally:
        sys.stderr.flush()
        os._exit(code)  # native libraries may hang or crash while a process is taken down in order; nothing is left to save


if __name__ == "__main__":
    start(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), *sys.argv[4:])
