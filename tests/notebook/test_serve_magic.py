"""``%ollama serve``: the REST API from a kernel, while its cells run."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import httpx

from .conftest import Kernel, Shell


def test_serve_shows_where_and_serve_stop_ends_it(with_pocket: Shell) -> None:
    server = with_pocket.value("%ollama serve --port 0")

    assert {"mario:latest", "pocket:latest"} <= {one["name"] for one in httpx.get(server.url + "/api/tags").json()["models"]}
    assert with_pocket.value("%ollama serve") is server
    assert server.url in with_pocket.run("%ollama serve").stdout
    assert with_pocket.value("%ollama serve stop") == "stopped"
    assert not server.running


def test_a_token_and_origins_can_be_given(with_pocket: Shell) -> None:
    server = with_pocket.value("%ollama serve --port 0 --token secret --origin https://a.example --origin https://b.example")

    assert httpx.get(server.url).status_code == 401
    assert httpx.get(server.url, headers={"Authorization": "Bearer secret", "Origin": "https://b.example"}).status_code == 200
    with_pocket.run("%ollama serve stop")


def test_answers_stream_while_a_cell_runs(kernel: Kernel, tmp_path: Path) -> None:
    url = re.findall(r"http://127\.0\.0\.1:\d+", kernel.run("server = %ollama serve --port 0\nprint(server.url)").text)[0]
    heard = tmp_path / "heard"

    def ask() -> None:
        asked = {"model": "pocket", "prompt": "Hi", "options": {"num_predict": 5}}
        with httpx.stream("POST", f"{url}/api/generate", json=asked, timeout=100) as answer:
            heard.write_text(next(answer.iter_lines()), encoding="utf-8")

    client = threading.Thread(target=ask)
    client.start()
    cell = f"""
import pathlib, time
ends, heard = time.time() + 90, pathlib.Path({str(heard)!r})
while time.time() < ends and not heard.exists():
    sum(range(10_000))
print("heard" if heard.exists() else "nothing")
"""
    told = kernel.run(cell).text
    client.join()

    assert told == "heard\n"
    assert '"response"' in heard.read_text(encoding="utf-8")
    assert "stopped" in str(kernel.run("%ollama serve stop").outputs)
