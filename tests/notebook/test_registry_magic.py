"""``%ollama pull``, ``push``, ``tags`` and ``key``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_ollama.errors import ModelNotFound, Unreachable
from jupyter_ollama.manifest import MODEL, SYSTEM

from ..registry.models import CONFIG, weights
from ..registry.scripted import Scripted
from .conftest import Shell


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted().running() as script:
        script.add("me/m", "small", [(MODEL, weights(2_000_000)), (SYSTEM, b"You are <Mario>.")], CONFIG)
        yield script


def test_pull_and_push_and_tags(shell: Shell, scripted: Scripted) -> None:
    pulled = shell.run(f"model = %ollama pull {scripted.host}/me/m:small --insecure")
    assert "done" in pulled.stdout + "".join(str(output) for output in pulled.outputs)
    assert f"{scripted.host}/me/m:small" == shell.value("model.name")
    shell.run(f"%ollama cp {scripted.host}/me/m:small {scripted.host}/me/copy")
    pushed = shell.value(f"get_ipython().run_line_magic('ollama', 'push {scripted.host}/me/copy --insecure')")

    assert 0 == pushed.sent_bytes
    assert f"pushed '{scripted.host}/me/copy:latest' (0 B of 2.0 MB sent)" == str(pushed)
    assert scripted.manifests["me/m", "small"] == scripted.manifests["me/copy", "latest"]
    assert "small" == shell.value(f"get_ipython().run_line_magic('ollama', 'tags {scripted.host}/me/m --insecure')")


def test_key_shows_what_a_profile_takes(shell: Shell) -> None:
    key = shell.value("get_ipython().run_line_magic('ollama', 'key')")

    assert str(key).startswith("ssh-ed25519 AAAA")
    assert str(key) in key._repr_mimebundle_()["text/html"]


def test_what_goes_wrong_is_one_line_with_what_to_do(shell: Shell, scripted: Scripted) -> None:
    error = shell.error(f"%ollama pull {scripted.host}/me/m:large --insecure")
    assert isinstance(error, ModelNotFound)
    assert f"Did you mean {scripted.host}/me/m:small?" in str(error)
    error = shell.error(f"%ollama pull {scripted.host}/me/m")
    assert isinstance(error, Unreachable)
    assert "--insecure" in str(error)
