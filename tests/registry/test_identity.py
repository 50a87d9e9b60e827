"""The key pair: where it lies, who may read it, that there is one."""

from __future__ import annotations

import base64
import stat
import threading
from pathlib import Path

import pytest

from jupyter_ollama.errors import RegistryError
from jupyter_ollama.registry.identity import Identity

from . import ed25519


def test_a_key_is_made_when_it_is_first_needed_for_its_owner_only(tmp_path: Path) -> None:
    identity = Identity(tmp_path / "new" / "id_ed25519")
    line = identity.public_line

    assert 0o600 == stat.S_IMODE(identity.path.stat().st_mode)
    assert f"{line}\n" == identity.path.with_name("id_ed25519.pub").read_text()
    assert identity.path.read_text().startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert ["id_ed25519", "id_ed25519.pub"] == sorted(path.name for path in identity.path.parent.iterdir())
    assert line == Identity(identity.path).public_line


def test_a_signature_is_one_by_somebody_elses_arithmetic(tmp_path: Path) -> None:
    key, _, signature = Identity(tmp_path / "id_ed25519").signature(b"GET,x").partition(":")
    public, signed = ed25519.public_bytes(key), base64.b64decode(signature, validate=True)

    assert ed25519.verifies(public, b"GET,x", signed)
    assert not ed25519.verifies(public, b"GET,y", signed)
    assert not ed25519.verifies(public, b"GET,x", signed[:-1] + bytes([signed[-1] ^ 1]))


def test_the_independent_check_knows_the_published_example() -> None:
    """RFC 8032, section 7.1, test 3."""
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert ed25519.verifies(public, b"\xaf\x82", signature)
    assert not ed25519.verifies(public, b"\xaf\x83", signature)


def test_whoever_makes_it_at_the_same_time_all_have_the_same(tmp_path: Path) -> None:
    lines: list[str] = []
    threads = [threading.Thread(target=lambda: lines.append(Identity(tmp_path / "id_ed25519").public_line)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(lines)
    assert 1 == len(set(lines))


@pytest.mark.parametrize("text", ["", "no key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_told_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "id_ed25519"
    path.write_text(text)
    with pytest.raises(RegistryError, match="Move it away") as caught:
        _ = Identity(path).public_line

    assert path == caught.value.path
    assert text == path.read_text()
