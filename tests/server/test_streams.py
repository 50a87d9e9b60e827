"""Streams as they are on the wire: one object, one line, one chunk of HTTP; and what happens when the client goes away."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines


def chunks(url: str, path: str, body: dict[str, Any]) -> list[bytes]:
    """The chunks of a chunked answer, read from a bare socket."""
    place = urlsplit(url)
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(head + content)
        reader = connection.makefile("rb")
        while reader.readline().strip():
            pass
        found = []
        while size := int(reader.readline(), 16):
            found.append(reader.read(size))
            reader.readline()
    return found


def until(condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 10
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


class Endless(EchoEngine):
    """Says x until it is told to stop; knows who is being answered."""

    def __init__(self) -> None:
        super().__init__(n_ctx=1 << 40)
        self.busy = 0
        self.lock = threading.Lock()

    def _answer(self, *given: Any) -> Iterator[Any]:
        from jupyter_ollama.events import Token

        with self.lock:
            self.busy += 1
        try:
            while True:
                time.sleep(0.002)
                yield Token(300, b"x")
        finally:
            with self.lock:
                self.busy -= 1


@pytest.fixture
def endless(echo: tuple[httpx.Client, Ollama]) -> Endless:
    engine = Endless()
    echo[1].engines = EchoEngines(engine)  # type: ignore[assignment]
    return engine


@pytest.mark.parametrize("path", ["/api/generate", "/api/chat"])
def test_every_chunk_is_one_line_and_every_line_one_chunk(echo: tuple[httpx.Client, Ollama], path: str) -> None:
    api, ollama = echo
    ollama.engines = EchoEngines(EchoEngine(*[f"word{number} " for number in range(200)], "x" * 100_000))  # type: ignore[assignment]
    body = {"model": "echo", "prompt": "x", "messages": [{"role": "user", "content": "x"}]}
    found = chunks(str(api.base_url), path, body)

    assert all(chunk.endswith(b"\n") and chunk.count(b"\n") == 1 for chunk in found)
    assert [json.loads(chunk)["done"] for chunk in found] == [False] * (len(found) - 1) + [True]
    assert len(found) > 200


def test_progress_is_a_chunk_a_line_too(echo: tuple[httpx.Client, Ollama]) -> None:
    found = chunks(str(echo[0].base_url), "/api/create", {"model": "new", "from": "echo", "system": "S"})

    assert all(chunk.endswith(b"\n") and chunk.count(b"\n") == 1 for chunk in found)
    assert json.loads(found[-1]) == {"status": "success"}


def test_the_first_piece_comes_before_the_last_is_made(echo: tuple[httpx.Client, Ollama], endless: Endless) -> None:
    with echo[0].stream("POST", "/api/generate", json={"model": "echo", "prompt": "x"}) as answer:
        first = next(answer.iter_lines())

    assert json.loads(first)["response"] == "x"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("path", ["/api/generate", "/api/chat"])
def test_a_client_that_goes_away_ends_its_work(echo: tuple[httpx.Client, Ollama], endless: Endless, path: str, stream: bool) -> None:
    api, _ = echo
    place = urlsplit(str(api.base_url))
    body = json.dumps({"model": "echo", "prompt": "x", "messages": [{"role": "user", "content": "x"}], "stream": stream}).encode()
    with socket.create_connection((place.hostname, place.port)) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

        assert until(lambda: endless.busy == 1)
    assert until(lambda: endless.busy == 0)
    assert api.get("/api/tags").status_code == 200


def test_a_client_that_reads_slowly_holds_up_nobody_else(echo: tuple[httpx.Client, Ollama], endless: Endless) -> None:
    api, _ = echo
    place = urlsplit(str(api.base_url))
    body = b'{"model": "echo", "prompt": "x"}'
    with socket.create_connection((place.hostname, place.port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(f"POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        assert until(lambda: endless.busy == 1)

        for _ in range(20):
            assert api.get("/api/version").status_code == 200
    assert until(lambda: endless.busy == 0)


def test_many_streams_at_once_do_not_mix(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    ollama.engines = EchoEngines(EchoEngine())  # type: ignore[assignment]  # answers with its prompt
    texts = [f"stream {number} says {'abc' * number}" for number in range(32)]
    heard: dict[int, str] = {}

    def ask(number: int) -> None:
        with api.stream("POST", "/api/generate", json={"model": "echo", "prompt": texts[number]}) as answer:
            heard[number] = "".join(json.loads(line)["response"] for line in answer.iter_lines())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [heard[number] for number in range(len(texts))] == texts
