"""Fills served.json with what llama-server itself answers for the tiny models of tests/verbs/speakers.py.

    python -m tests.golden.llama.make_served build/bin/llama-server

Each model says one thing whatever it is asked, so the server reads a raw text that is known: it is started with --jinja, asked with a tool,
and its message is kept.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from ...verbs.speakers import DIALECTS, speaker

GOLDEN = Path(__file__).parent / "served.json"
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "Where."}}, "required": ["city"]},
    },
}
PATIENCE_S = 60


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def posted(port: int, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode() if body else None, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return dict(json.load(answer))


def served(server: Path, model: Path) -> dict[str, Any]:
    """The message, or the error."""
    port = free_port()
    command = [str(server), "-m", str(model), "--jinja", "--host", "127.0.0.1", "--port", str(port), "-c", "4096", "-np", "1", "--no-warmup"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(10 * PATIENCE_S):
            time.sleep(0.1)
            try:
                posted(port, "/health")
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None:
                    return {"error": f"the server ended with {process.returncode}"}
        asked = {"messages": [{"role": "user", "content": "Weather in Rome?"}], "tools": [TOOL], "temperature": 0, "max_tokens": 64}
        try:
            message = posted(port, "/v1/chat/completions", asked)["choices"][0]["message"]
        except urllib.error.HTTPError as error:
            return {"error": json.load(error)["error"]["message"]}
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
    calls = [[one["function"]["name"], json.loads(one["function"]["arguments"])] for one in message.get("tool_calls") or ()]
    return {"content": message.get("content") or "", "thinking": message.get("reasoning_content") or "", "calls": calls}


def main(server: Path) -> None:
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, dialect in DIALECTS.items():
            made[name] = served(server, speaker(Path(folder) / f"{name}.gguf", dialect))
            print(name, made[name])
    GOLDEN.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
