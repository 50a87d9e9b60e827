"""Uploads: checked while they arrive, in constant memory, in every way that clients send a body."""

from __future__ import annotations

import hashlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from jupyter_ollama import Ollama

DATA = bytes(range(256)) * 20_000


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def files(ollama: Ollama) -> set[str]:
    return {path.name for path in ollama.store.blobs.folder.iterdir()}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[httpx.Client, Ollama]]:
    with Ollama(tmp_path / "models") as ollama, httpx.Client(base_url=ollama.serve(port=0).url, verify=False, timeout=60) as client:
        yield client, ollama


def test_a_blob_is_absent_then_stored_then_there(pair: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = pair
    path = f"/api/blobs/{digest_of(DATA)}"

    assert api.head(path).status_code == 404
    assert api.post(path, content=DATA).status_code == 201
    assert api.head(path).status_code == 200
    assert api.post(path, content=DATA).status_code == 200
    assert (ollama.store.blobs.folder / digest_of(DATA).replace(":", "-")).read_bytes() == DATA


def test_a_body_in_chunks_and_an_empty_one_are_blobs_too(pair: tuple[httpx.Client, Ollama]) -> None:
    api, _ = pair
    pieces = (DATA[start : start + 30_001] for start in range(0, len(DATA), 30_001))

    assert api.post(f"/api/blobs/{digest_of(DATA)}", content=pieces).status_code == 201
    assert api.post(f"/api/blobs/{digest_of(b'')}").status_code == 201


def test_what_hashes_otherwise_is_refused_and_not_kept(pair: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = pair
    answer = api.post(f"/api/blobs/{digest_of(b'other')}", content=DATA)

    assert (answer.status_code, answer.json()["error"]) == (400, f'digest mismatch, expected "{digest_of(b"other")}", got "{digest_of(DATA)}"')
    assert files(ollama) == set()


@pytest.mark.parametrize("name", ["sha256:abc", "md5:" + "0" * 32, "..", "x", "sha256:" + "z" * 64])
def test_a_digest_that_is_none_is_refused(pair: tuple[httpx.Client, Ollama], name: str) -> None:
    api, ollama = pair
    answer = api.post(f"/api/blobs/{name}", content=DATA)

    assert answer.status_code in (400, 404)
    assert api.head(f"/api/blobs/{name}").status_code in (400, 404)
    assert not ollama.store.blobs.folder.exists() or files(ollama) == set()


def test_a_client_that_asks_first_need_not_send_what_is_there(pair: tuple[httpx.Client, Ollama]) -> None:
    api, _ = pair
    place = urlsplit(str(api.base_url))
    head = f"POST /api/blobs/{digest_of(DATA)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(DATA)}\r\nExpect: 100-continue\r\n\r\n"
    heard = []
    for _ in range(2):
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            connection.sendall(head.encode())
            first = connection.recv(200)
            heard.append(first.split(b"\r\n")[0])
            if b"100" in heard[-1]:
                connection.sendall(DATA)
                heard.append(connection.recv(200).split(b"\r\n")[0])

    assert heard == [b"HTTP/1.1 100 (Continue)", b"HTTP/1.1 201 Created", b"HTTP/1.1 200 OK"]


def test_a_client_that_goes_away_leaves_nothing(pair: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = pair
    place = urlsplit(str(api.base_url))
    head = f"POST /api/blobs/{digest_of(DATA)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(DATA)}\r\n\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(head.encode() + DATA[:2_000_000])
    for _ in range(500):
        if ollama.store.blobs.folder.exists() and files(ollama) == set():
            break
        api.get("/api/version")

    assert files(ollama) == set()
    assert api.post(f"/api/blobs/{digest_of(DATA)}", content=DATA).status_code == 201


def test_curl_uploads_a_file(pair: tuple[httpx.Client, Ollama], tmp_path: Path) -> None:
    api, ollama = pair
    file = tmp_path / "file"
    file.write_bytes(DATA)
    url = f"{api.base_url}/api/blobs/{digest_of(DATA)}"
    done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "-T", file, url], capture_output=True, text=True, check=True)

    assert done.stdout == "201"
    assert files(ollama) == {digest_of(DATA).replace(":", "-")}
