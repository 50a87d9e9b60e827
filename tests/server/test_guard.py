"""Who may ask: names this machine is not known by, pages of strangers, missing tokens, requests without end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.address import Address
from jupyter_ollama.server.guard import Guard
from jupyter_ollama.settings import Settings

LOCAL = Guard(Address())
OPEN = Guard(Address("0.0.0.0"))


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:11434", "127.0.0.1:11434", "[::1]:11434", "::1", "", "0.0.0.0:1", "192.168.1.4", "10.0.0.1:80", "box.local",
     "ollama.internal:11434", "a.localhost", "LOCALHOST"],
)  # fmt: skip
def test_names_of_this_machine_may_be_used(host: str) -> None:
    assert LOCAL.allows_host(host)


@pytest.mark.parametrize("host", ["evil.com", "evil.com:11434", "127.0.0.1.evil.com", "localhost.evil.com", "8.8.8.8", "evillocalhost", "127.0.0.1 evil"])
def test_another_name_for_this_machine_is_a_trick(host: str) -> None:
    assert not LOCAL.allows_host(host)
    assert OPEN.allows_host(host)


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "https://localhost:8888", "http://127.0.0.1:3000", "http://0.0.0.0", "http://[::1]:8888", "app://obsidian.md",
     "file://x", "tauri://localhost", "vscode-webview://abc", "vscode-file://x"],
)  # fmt: skip
def test_pages_of_this_machine_may_ask(origin: str) -> None:
    assert LOCAL.allows_origin(origin, "127.0.0.1:11434")


@pytest.mark.parametrize(
    "origin",
    ["http://evil.com", "null", "http://localhost.evil.com", "http://evil.com/localhost", "http://127.0.0.1.evil.com", "https://localhostx",
     "chrome-extension://abc", "http://evil.com:80\n"],
)  # fmt: skip
def test_pages_of_strangers_may_not(origin: str) -> None:
    assert not LOCAL.allows_origin(origin, "127.0.0.1:11434")


def test_pages_that_are_named_may_ask() -> None:
    guard = Guard(Address(), ("https://*.example.com", "chrome-extension://*"))

    assert guard.allows_origin("https://lab.example.com", "localhost")
    assert guard.allows_origin("chrome-extension://abc", "localhost")
    assert not guard.allows_origin("http://lab.example.com", "localhost")
    assert Guard(Address(), ("*",)).allows_origin("http://evil.com", "localhost")


def test_a_strangers_page_is_refused_before_anything_is_done(api: httpx.Client) -> None:
    for headers in ({"Host": "evil.com"}, {"Origin": "http://evil.com"}):
        answer = api.post("/api/delete", json={"model": "mario"}, headers=headers)

        assert (answer.status_code, answer.content) == (403, b"")
    assert api.get("/api/version", headers={"Origin": "http://evil.com"}).status_code == 403


def test_a_page_of_this_machine_can_read_the_answer(api: httpx.Client) -> None:
    origin = {"Origin": "http://localhost:8888"}

    assert api.get("/api/version", headers=origin).headers["access-control-allow-origin"] == "http://localhost:8888"

    asked = api.options("/api/chat", headers={**origin, "Access-Control-Request-Method": "POST"})

    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert api.options("/api/chat", headers={"Origin": "http://evil.com"}).status_code == 403


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a server that wants a token."""
    with Ollama(tmp_path / "models") as ollama:
        url = ollama.serve(port=0, token="secret", origins=["https://lab.example.com"]).url
        with httpx.Client(base_url=url, verify=False) as client:
            yield client


def test_with_a_token_nobody_gets_in_without_it(guarded: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "secret"}, {"X-Api-Key": ""}):
        for method, path in (("GET", "/"), ("GET", "/api/tags"), ("POST", "/api/chat"), ("GET", "/nothing"), ("POST", "/api/blobs/x")):
            assert guarded.request(method, path, headers=headers, content=b"{}").status_code == 401
    assert guarded.get("/", headers={"Authorization": "Bearer secret"}).status_code == 200
    assert guarded.get("/", headers={"X-Api-Key": "secret"}).status_code == 200


def test_a_browser_may_ask_whether_it_may_ask_without_the_token(guarded: httpx.Client) -> None:
    assert guarded.options("/api/chat", headers={"Origin": "https://lab.example.com"}).status_code == 204


def test_a_body_beyond_all_bounds_is_refused_at_its_head(api: httpx.Client) -> None:
    assert _send_head(api, 10**12).startswith(b"HTTP/1.1 413")


def test_a_body_without_an_announced_length_is_cut_off_at_the_bound(api: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * (1 << 20)

    try:
        assert api.post("/api/chat", content=endless()).status_code == 413
    except httpx.TransportError:  # it closed while we were sending
        pass
    assert api.get("/api/version").status_code == 200


def test_headers_beyond_all_bounds_close_the_connection(api: httpx.Client) -> None:
    with pytest.raises(httpx.TransportError):
        api.get("/api/version", headers={"X": "x" * 200_000})
    assert api.get("/api/version").status_code == 200


def test_settings_of_the_environment_reach_the_server(tmp_path: Path) -> None:
    told = {"OLLAMA_HOST": "127.0.0.1:0", "OLLAMA_ORIGINS": "https://a.example, https://b.example", "JUPYTER_OLLAMA_TOKEN": "t"}
    settings = replace(Settings.from_environment({**told, "OLLAMA_MODELS": str(tmp_path)}))
    with Ollama(settings=settings) as ollama:
        url = ollama.serve().url
        bearer = {"Authorization": "Bearer t"}

        assert httpx.get(url).status_code == 401
        assert httpx.get(url, headers={**bearer, "Origin": "https://b.example"}).status_code == 200


def _send_head(api: httpx.Client, length: int) -> bytes:
    import socket
    from urllib.parse import urlsplit

    place = urlsplit(str(api.base_url))
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(f"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode())
        return connection.recv(400)
