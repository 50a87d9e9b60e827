"""Other kernels, as far as the engine goes: processes that use a shared runner.

    users.py RUNTIME MODEL PLAN      PLAN: JSON {"keep_alive", "then", "num_predict", "start_at"}

Each says ``{"pid": ...}`` once it holds the runner, and then does what ``then`` says.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup


def user(runtime: Path, model: Path, **plan: Any) -> tuple[subprocess.Popen[str], int]:
    """Start a user. Returns its process and the runner's, once it holds it."""
    process = begin(runtime, model, **plan)
    return process, held_by(process)


def begin(runtime: Path, model: Path, **plan: Any) -> subprocess.Popen[str]:
    """Start a user and do not wait for it."""
    command = [sys.executable, __file__, str(runtime), str(model), json.dumps(plan)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def held_by(process: subprocess.Popen[str]) -> int:
    """The runner that a user holds."""
    assert process.stdout is not None
    return int(json.loads(process.stdout.readline())["pid"])


def end(process: subprocess.Popen[str]) -> None:
    """Kill a user and close what connects it with us."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def main(runtime: Path, model: Path, plan: dict[str, Any]) -> None:
    """Use a runner as planned."""
    engines = Engines(Setup(runtime=runtime))
    files = ModelFiles(model.stem, f"sha256:{model.stem}", model)
    time.sleep(max(0.0, plan.get("start_at", 0) - time.time()))
    with engines.acquire(files, {"num_thread": 1}, keep_alive=plan.get("keep_alive", 300), cancel=CancelToken()) as engine:
        print(json.dumps({"pid": engine.info.pid}), flush=True)
        match plan.get("then"):
            case "wait":
                time.sleep(120)
            case "fork":
                if os.fork():
                    time.sleep(120)
                os.close(1)
                time.sleep(30)
            case "stop":
                generation = engine.generate(engine.tokenize("a"), {"num_predict": 100_000}, CancelToken(), n_keep=0)
                next(generation)
                os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
