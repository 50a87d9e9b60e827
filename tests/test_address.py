"""OLLAMA_HOST, as Ollama reads it."""

from __future__ import annotations

import pytest

from jupyter_ollama.address import Address, as_ip, split_port


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", "http://127.0.0.1:11434"),
        ("1.2.3.4", "http://1.2.3.4:11434"),
        ("1.2.3.4:80", "http://1.2.3.4:80"),
        (":80", "http://:80"),
        (":66000", "http://:11434"),
        (":-1", "http://:11434"),
        ("example.com", "http://example.com:11434"),
        ("example.com:x", "http://example.com:11434"),
        ("http://1.2.3.4", "http://1.2.3.4:80"),
        ("https://1.2.3.4", "https://1.2.3.4:443"),
        ("https://1.2.3.4:4321", "https://1.2.3.4:4321"),
        ("https://h/p", "https://h:443/p"),
        ("example.com/a/b", "http://example.com:11434/a/b"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[::1]:1337", "http://[::1]:1337"),
        ("[::]:99999", "http://[::]:11434"),
        (' " 1.2.3.4 " ', "http://1.2.3.4:11434"),
        ("  0.0.0.0 ", "http://0.0.0.0:11434"),
        ("ollama.com", "https://ollama.com:443"),
    ],
)
def test_an_address_is_read_as_ollama_reads_it(text: str, whole: str) -> None:
    assert str(Address.parse(text)) == whole


@pytest.mark.parametrize(("listens", "connects"), [("0.0.0.0:1", "http://127.0.0.1:1"), ("[::]:1", "http://[::1]:1"), (":1", "http://127.0.0.1:1"), ("h:1", "http://h:1")])
def test_every_interface_is_reached_through_loopback(listens: str, connects: str) -> None:
    assert str(Address.parse(listens).connectable) == connects


def test_loopback_is_known() -> None:
    assert [host for host in ("127.0.0.1", "127.9.9.9", "localhost", "::1", "0.0.0.0", "", "::", "10.0.0.1", "h") if Address(host).is_loopback] == [
        "127.0.0.1", "127.9.9.9", "localhost", "::1",
    ]  # fmt: skip


def test_hosts_are_told_from_ports_and_names() -> None:
    assert [split_port(place) for place in ("h:1", "h", "[::1]:1", "[::1]", "::1", "")] == ["h", "h", "::1", "::1", "::1", ""]
    assert as_ip("h") is None
    assert str(as_ip("fe80::1%eth0")) == "fe80::1"
