"""The server itself: where it listens, how it ends, what happens to what it is doing."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from jupyter_ollama import Ollama, OllamaError
from jupyter_ollama.errors import ServeError


def test_serving_twice_is_the_same_server_and_stopping_closes_the_port(tmp_path: Path) -> None:
    with Ollama(tmp_path / "models") as ollama:
        server = ollama.serve(port=0)

        assert ollama.serve() is server
        assert httpx.get(server.url).text == "Ollama is running"
        ollama.stop_serving()
        assert not server.running
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url)
        assert ollama.serve(port=0).running


def test_closing_an_ollama_ends_its_server_and_its_threads(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with Ollama(tmp_path / "models") as ollama:
        server = ollama.serve(port=0)
        httpx.get(server.url + "/api/tags")

    assert not server.running
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_a_port_in_use_says_how_to_choose_another(tmp_path: Path) -> None:
    with Ollama(tmp_path / "one") as one, Ollama(tmp_path / "two") as two:
        port = one.serve(port=0).address.port
        with pytest.raises(ServeError) as caught:
            two.serve(port=port)

        assert f"port {port} of 127.0.0.1 is in use" in str(caught.value)
        assert f"serve(port={port + 1})" in str(caught.value)


def test_an_address_of_another_machine_is_a_clear_error(tmp_path: Path) -> None:
    with Ollama(tmp_path / "models") as ollama, pytest.raises(OllamaError, match="cannot listen at"):
        ollama.serve(host="192.0.2.1", port=0)


def test_a_server_shows_where_it_is_and_who_reaches_it(tmp_path: Path) -> None:
    with Ollama(tmp_path / "models") as ollama:
        server = ollama.serve(port=0, token="secret")
        shown = server._repr_mimebundle_()

        assert server.url in shown["text/plain"]
        assert "this machine" in shown["text/plain"]
        assert "secret" not in repr(server) + str(shown)


def test_a_server_is_a_context(tmp_path: Path) -> None:
    with Ollama(tmp_path / "models") as ollama:
        with ollama.serve(port=0) as server:
            assert httpx.get(server.url + "/api/version").status_code == 200
        assert not server.running
