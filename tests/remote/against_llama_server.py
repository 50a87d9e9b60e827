"""A remote engine against llama.cpp's own server: ``python -m tests.remote.against_llama_server LLAMA_SERVER``.

Run by hand: building the server takes longer than all tests. Starts it on loopback with pocket's weights and asks through OpenAI's API.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from jupyter_ollama import Ollama

PORT = 18431
ASKED = {"temperature": 0, "num_predict": 40}


def main(server: str) -> None:
    """Print what is asked and answered; fail where the two engines differ."""
    with tempfile.TemporaryDirectory() as folder, Ollama(folder) as here:
        here.show("pocket")
        weights = here.store.open(next(iter(here.store.tags.names()))).path
        command = [server, "-m", str(weights), "--host", "127.0.0.1", "--port", str(PORT), "--jinja", "--no-webui"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait()
            there = Ollama(host=f"http://127.0.0.1:{PORT}/v1")
            model = there.list()[0].name
            for question in ("What is 2 + 3?", "Who are you?", "What is Jupyter?"):
                theirs, mine = (str(one.result(60)) for one in (there.chat(model, question, options=ASKED), here.chat("pocket", question, options=ASKED)))
                print(f"{question} -> {theirs!r} {'as here' if theirs == mine else f'here: {mine!r}'}")
                assert theirs == mine
            schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
            print("schema:", json.loads(str(there.chat(model, "Answer.", format=schema, options=ASKED).result(60))))
            run = there.chat(model, "Hello", options={"temperature": 2, "num_predict": 100_000})
            next(iter(run))
            run.cancel()
            print("cancelled:", run.error or "at its end")
        finally:
            process.terminate()
            process.wait(20)


def _wait() -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=1).close()
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main(sys.argv[1])
