"""Steps of a model whose threads wait for a CPU as a folder says, in a process of its own: ``waits.py MODEL.gguf FOLDER``.

Prints as JSON: for each of 3 ``phases`` (nobody else, somebody else, nobody else) whether the wait is short, how many threads there are, how
often threads slept in a step, and the tokens that were drawn; as ``terms`` how many looks the wait stays short after one, two and three
tries that failed at once, and after one that succeeded; and whether it ever gets short for ``one thread``.
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
from jupyter_ollama.engine.worker.waiting import LOOKS_EVERY_S, SHORT_S, Waiting

STEPS = 40


class Nowhere(Channel):
    """A client that takes everything."""

    def __init__(self) -> None:
        pass

    def send(self, frame: Frame) -> None:
        pass


class Looks:
    """Looks at threads that wait as they are told."""

    def __init__(self, folder: Path, n_threads: int) -> None:
        self._schedstat, self._waited_ns = folder / "1" / "schedstat", 0
        self._schedstat.parent.mkdir(exist_ok=True)
        self._tell()
        self.waiting = Waiting(n_threads, folder)

    def look(self, share: float) -> bool:
        """Another look, after threads waited for this share of the time. Returns whether the wait is short."""
        self._waited_ns += int(share * LOOKS_EVERY_S * 1e9)
        self._tell()
        self.waiting.look(LOOKS_EVERY_S)
        return self.waiting.short

    def term(self) -> int:
        """How many looks it stays short, from a busy one on."""
        assert self.look(0.8)
        count = 1
        while self.look(0.1):
            count += 1
        return count

    def _tell(self) -> None:
        self._schedstat.write_text(f"1 {self._waited_ns} 1\n")


def main(path: str, folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    log = Log()
    model = Model("waits", [Path(path)], [], {"num_thread": 2, "num_ctx": 512}, log, extra_buffers=False)
    looks, phases = Looks(folder, model.n_threads), []
    for share in (0.0, 0.8, 0.0):
        for _ in range(int(SHORT_S[0] / LOOKS_EVERY_S) + 1):
            looks.look(share)
        time.sleep(0.2)  # a team comes and goes
        made = steps(model, log)
        phases.append({**made, "short": looks.waiting.short, "threads": len(list(Path("/proc/self/task").iterdir()))})
    looks = Looks(folder, model.n_threads)
    terms = [looks.term(), looks.term(), looks.term()]
    for _ in range(3):
        looks.look(0.0)
    terms.append(looks.term())
    one = Looks(folder, 1)
    answers.write(json.dumps({"phases": phases, "terms": terms, "one thread": any(one.look(0.8) for _ in range(9))}))
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
