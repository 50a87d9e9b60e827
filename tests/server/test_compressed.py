"""Compressed bodies: zstd for responses, as Ollama takes them, and a clear answer for all others."""

from __future__ import annotations

import gzip
import json
import sys

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest
from jupyter_ollama.server import compressed
from jupyter_ollama.server.compressed import unpacked

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor, compress
else:
    from backports.zstd import CompressionParameter, ZstdCompressor, compress

ASKED = json.dumps({"model": "echo", "input": "Hi"}).encode()


def post(api: httpx.Client, path: str, body: bytes, encoding: str) -> httpx.Response:
    return api.post(path, content=body, headers={"Content-Encoding": encoding})


@pytest.mark.parametrize(("encoding", "body"), [("zstd", compress(ASKED)), ("ZSTD", compress(ASKED[:9]) + compress(ASKED[9:])), ("identity", ASKED)])
def test_responses_take_a_body_in_zstd(echo: tuple[httpx.Client, Ollama], encoding: str, body: bytes) -> None:
    answer = post(echo[0], "/v1/responses", body, encoding)

    assert answer.json()["output"][0]["content"][0]["text"] == "Hello"


@pytest.mark.parametrize(("path", "encoding"), [("/v1/responses", "gzip"), ("/v1/responses", "br"), ("/api/chat", "zstd"), ("/v1/messages", "gzip")])
def test_other_bodies_are_refused_with_what_is_understood(echo: tuple[httpx.Client, Ollama], path: str, encoding: str) -> None:
    answer = post(echo[0], path, gzip.compress(ASKED), encoding)

    assert answer.status_code == 415
    assert f"a body in {encoding} is not supported here" in answer.text


@pytest.mark.parametrize("body", [b"no zstd", compress(ASKED)[:-3], compress(ASKED)[:-3] + b"xxx", b""])
def test_a_damaged_body_is_an_error(echo: tuple[httpx.Client, Ollama], body: bytes) -> None:
    answer = post(echo[0], "/v1/responses", body, "zstd")

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_a_small_body_that_unpacks_to_a_huge_one_is_refused_in_time() -> None:
    bomb = compress(bytes(1 << 30))
    assert len(bomb) < 1 << 17

    with pytest.raises(BadRequest, match="larger than"):
        unpacked(bomb)


def test_frames_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "MAX_BYTES", 100)
    assert unpacked(compress(b"x" * 50) * 2) == b"x" * 100

    with pytest.raises(BadRequest, match="larger than"):
        unpacked(compress(b"x" * 50) * 2 + compress(b"x"))


def test_a_window_that_would_take_much_memory_is_refused() -> None:
    packer = ZstdCompressor(options={CompressionParameter.window_log: 27})
    wide = packer.compress(b"x" * 100) + packer.flush()
    with pytest.raises(BadRequest, match="cannot be read"):
        unpacked(wide)
