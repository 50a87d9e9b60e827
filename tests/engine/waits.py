"""Steps of a model whose threads wait for a CPU as a folder says, in a process of its own: ``waits.py MODEL.gguf FOLDER``.

Prints as JSON, after each of 3 phases (nobody else, somebody else, nobody else): whether the wait is short, how many threads there are, how
often threads slept in a step, and the tokens that were drawn.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_ollama.engine.frames import Frame
from jupyter_ollama.engine.worker.channel import Channel
from jupyter_ollama.engine.worker.generation import Generation
from jupyter_ollama.engine.worker.log import Log
from jupyter_ollama.engine.worker.loop import Loop
from jupyter_ollama.engine.worker.model import Model
from jupyter_ollama.engine.worker.waiting import CALM_LOOKS, LOOKS_EVERY_S, Waiting

STEPS = 40


class Nowhere(Channel):
    """A client that takes everything."""

    def __init__(self) -> None:
        pass

    def send(self, frame: Frame) -> None:
        pass


def main(path: str, folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    log = Log()
    model = Model("waits", [Path(path)], [], {"num_thread": 2, "num_ctx": 512}, log, extra_buffers=False)
    schedstat = folder / "1" / "schedstat"
    schedstat.parent.mkdir()
    schedstat.write_text("1 0 1\n")
    waiting, waited_ns = Waiting(model.n_threads, folder), 0
    said = []
    for share in (0.0, 0.8, 0.0):
        for _ in range(CALM_LOOKS):
            waited_ns += int(share * LOOKS_EVERY_S * 1e9)
            schedstat.write_text(f"1 {waited_ns} 1\n")
            waiting.look(LOOKS_EVERY_S)
        time.sleep(0.2)  # a team comes and goes
        made = steps(model, log)
        said.append({**made, "short": waiting.short, "threads": len(list(Path("/proc/self/task").iterdir()))})
    answers.write(json.dumps(said))
    answers.flush()


def steps(model: Model, log: Log) -> dict[str, Any]:
    loop = Loop(model, log, lambda: False)
    answer = Generation(model, 1, Nowhere(), [97, 98, 99], {"num_predict": STEPS, "temperature": 0}, {})
    loop.submit(answer)
    slept = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
    while loop.busy:
        loop.step()
    slept = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw - slept
    return {"slept": slept / STEPS, "tokens": answer.tokens.tolist()}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
