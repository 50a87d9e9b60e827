"""What the Hub says about a repository, what each refusal becomes, and who sees the token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import ModelNotFound, OllamaError, RegistryError, SafetensorsError, SourceError, Unauthorized, Unreachable
from jupyter_ollama.registry import HubAccess, HubFile, Proxies, Registry
from jupyter_ollama.registry.address import Origin
from jupyter_ollama.sources import HubName

from ..convert.folders import make_folder
from .hub import ScriptedHub, running_hub
from .hub_ollama import LIMITS, hub_ollama
from .scripted import Fault


@pytest.fixture
def hub() -> Iterator[ScriptedHub]:
    with running_hub() as hub:
        yield hub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "folders", "tiny-llama")


def refused(hub: ScriptedHub, root: Path, text: str, token: str = "") -> OllamaError:
    """The error of a create."""
    with hub_ollama(root / "home", hub, token=token) as ollama, pytest.raises(OllamaError) as caught:
        ollama.create("m", text).result(60)
    assert str(root) not in str(caught.value)
    return caught.value


def test_the_hub_of_these_tests_is_one_to_its_own_client(hub: ScriptedHub, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """huggingface_hub, an implementation of others, gets the same folder from it."""
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    import huggingface_hub  # which reads the environment when it is imported

    published = hub.publish("me/tiny", folder)

    got = huggingface_hub.snapshot_download("me/tiny", endpoint=hub.url, token=False, local_dir=tmp_path / "got", max_workers=2)

    assert {path: (Path(got) / path).read_bytes() for path in published.files} == published.files


def test_a_snapshot_is_pinned_and_lists_all_files(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    published = hub.publish("me/tiny", folder)
    registry = Registry(tmp_path / "key", limits=LIMITS, hub=HubAccess(hub.url))
    with registry.folder(HubName("me", "tiny"), CancelToken()) as repository:
        snapshot = repository.look()

        assert snapshot.commit == published.commit
        assert {file.path: file.size for file in snapshot.files} == {path: len(data) for path, data in published.files.items()}
        assert all(file.is_whole(published.files[file.path]) for file in snapshot.files)
        assert not any(file.is_whole(published.files[file.path][:-1] + b"!") for file in snapshot.files)
        config = next(file for file in snapshot.files if file.path == "config.json")
        assert repository.small(snapshot, config) == published.files["config.json"]


@pytest.mark.parametrize(
    "entry",
    [
        {"path": "../x"}, {"path": "a//b"}, {"path": "/etc/passwd"}, {"path": ".hidden"}, {"path": "a/.git/x"}, {"path": "a\\b"}, {"path": ""}, {"path": "a\nb"},
        {"size": -1}, {"size": True}, {"size": 1 << 60}, {"size": "3"}, {"type": "directory"}, {"path": 3}, {"path": "x" * 300},
    ],
)  # fmt: skip
def test_a_strange_entry_of_a_listing_is_passed_over(entry: dict[str, Any]) -> None:
    assert HubFile.of({"type": "file", "path": "config.json", "size": 3, **entry}) is None
    assert HubFile.of("config.json") is None


def test_an_unknown_repository_is_not_found(hub: ScriptedHub, tmp_path: Path) -> None:
    error = refused(hub, tmp_path, "FROM hf.co/me/nothing")

    assert isinstance(error, ModelNotFound)
    assert "'me/nothing'" in error.message
    assert "HF_TOKEN" in str(error.hint)

    hub.accepted.add("hf_mine")
    error = refused(hub, tmp_path, "FROM hf.co/me/nothing", token="hf_mine")
    assert isinstance(error, ModelNotFound)
    assert "HF_TOKEN" not in str(error.hint)


def test_an_unknown_revision_is_not_found(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/tiny@v9")

    assert isinstance(error, ModelNotFound)
    assert "'v9'" in error.message
    assert f"{hub.url}/me/tiny" in str(error.hint)


def test_a_gated_repository_says_where_its_terms_are(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder, terms={"hf_good"})
    hub.accepted |= {"hf_good", "hf_other"}
    for token in ("", "hf_other"):
        error = refused(hub, tmp_path, "FROM hf.co/me/tiny", token=token)

        assert isinstance(error, Unauthorized)
        assert f"Accept the licence at {hub.url}/me/tiny" in str(error.hint)
        assert "HF_TOKEN" in str(error.hint)
    with hub_ollama(tmp_path / "home", hub, token="hf_good") as ollama:
        ollama.create("m", "FROM hf.co/me/tiny").result(60)


def test_a_token_that_is_not_accepted_is_named(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/tiny", token="hf_old")

    assert isinstance(error, Unauthorized)
    assert "token" in error.message
    assert "hf_old" not in str(error)


def test_a_private_repository_opens_with_a_token_that_its_storage_never_sees(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder, private=True)
    hub.accepted.add("hf_mine")
    assert isinstance(refused(hub, tmp_path, "FROM hf.co/me/tiny"), ModelNotFound)

    with hub_ollama(tmp_path / "home", hub, token="hf_mine") as ollama:
        ollama.create("m", "FROM hf.co/me/tiny").result(60)

    shown = {(one.place, one.headers.get("authorization", "")) for one in hub.seen}
    assert ("registry", "Bearer hf_mine") in shown
    assert {token for place, token in shown if place == "storage"} == {""}


def test_the_token_of_the_file_is_read_when_it_is_needed(tmp_path: Path) -> None:
    access = HubAccess(token_file=tmp_path / "token")
    assert access.bearer() == ""
    (tmp_path / "token").write_text("hf_kept\n")
    assert access.bearer() == "Bearer hf_kept"
    assert HubAccess(token="hf_said", token_file=tmp_path / "token").bearer() == "Bearer hf_said"
    (tmp_path / "token").write_text("two words")
    assert access.bearer() == ""
    assert "hf_said" not in repr(HubAccess(token="hf_said"))


def test_a_token_is_not_shown_in_plain_text_to_another_machine() -> None:
    assert HubAccess("http://mirror.example", "hf_a").bearer() == ""
    assert HubAccess("http://127.0.0.1:8000", "hf_a").bearer() == "Bearer hf_a"
    assert HubAccess().origin == Origin("https", "huggingface.co", 443)


def test_a_mirror_may_lie_below_a_path(hub: ScriptedHub, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "key", limits=LIMITS, hub=HubAccess(f"{hub.url}/mirror/"))
    with registry.folder(HubName("me", "tiny"), CancelToken()) as repository, pytest.raises(ModelNotFound):
        repository.look()

    assert [one.path for one in hub.seen] == ["/mirror/api/models/me/tiny/revision/main"]


def test_only_bin_files_are_refused_by_their_name(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    hub.publish("me/old", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/old")

    assert isinstance(error, SourceError)
    assert "pytorch_model.bin" in error.message
    assert "safetensors" in str(error.hint)


def test_a_repository_without_weights_is_refused(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").unlink()
    hub.publish("me/empty", folder)

    assert "no weights" in refused(hub, tmp_path, "FROM hf.co/me/empty").message


def test_an_adapter_is_not_a_model(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    hub.publish("me/lora", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/lora")

    assert "hf.co/me/lora has an adapter" in error.message


def test_errors_of_the_folder_speak_of_the_repository(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    config = folder / "config.json"
    config.write_text(config.read_text().replace("LlamaForCausalLM", "StrangeForCausalLM"))
    hub.publish("me/strange", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/strange")

    assert "StrangeForCausalLM" in error.message
    assert "hf.co/me/strange" in str(error)


def test_a_header_that_is_none_is_refused(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").write_bytes((1 << 40).to_bytes(8, "little") + b"x" * 10_000)
    hub.publish("me/bad", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/bad")

    assert isinstance(error, SafetensorsError)
    assert "hf.co/me/bad/model.safetensors" in error.message


def test_a_server_without_ranges_is_refused(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder)
    hub.faults = [Fault("ignore_range")] * 100
    error = refused(hub, tmp_path, "FROM hf.co/me/tiny")

    assert isinstance(error, RegistryError)
    assert "whole files" in error.message


def test_a_file_of_another_length_than_was_announced_is_refused(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder)
    hub.blobs = {key: data + b"more" for key, data in hub.blobs.items()}
    error = refused(hub, tmp_path, "FROM hf.co/me/tiny")

    assert isinstance(error, RegistryError)
    assert "bytes" in error.message


def test_a_small_file_that_was_changed_is_refused(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    published = hub.publish("me/tiny", folder)
    published.announced["config.json"] = published.files["config.json"].swapcase()
    error = refused(hub, tmp_path, "FROM hf.co/me/tiny")

    assert "config.json" in error.message


def test_a_hub_that_is_not_there_is_unreachable(hub: ScriptedHub, tmp_path: Path) -> None:
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.registry.hub = HubAccess("http://127.0.0.1:9")
        with pytest.raises(Unreachable):
            ollama.create("m", "FROM hf.co/me/tiny").result(60)


def test_a_repository_that_was_renamed_is_found(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/new", folder)
    hub.renamed["me/old"] = "me/new"
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", "FROM hf.co/me/old").result(60)

    assert len(hub.asked_for("/me/old/resolve")) == 0


def test_a_repository_with_gguf_files_is_pulled_from_the_registry(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    (folder / "model-Q4_K_M.gguf").write_bytes(b"GGUF")
    hub.publish("me/gguf", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/gguf")

    assert isinstance(error, ModelNotFound)
    assert "cannot be pulled: hf.co cannot be reached" in str(error.hint)
    assert len(hub.asked_for("/resolve/")) == 0

    with hub_ollama(tmp_path / "home", hub) as ollama:  # its folder can be meant
        ollama.create("m", f"FROM hf.co/me/gguf@{hub.repositories['me/gguf'].commit}").result(60)


def test_a_tag_means_a_gguf_and_the_hub_is_not_asked(hub: ScriptedHub, tmp_path: Path) -> None:
    error = refused(hub, tmp_path, "FROM hf.co/me/gguf:Q4_K_M")

    assert "hf.co cannot be reached" in str(error.hint)
    assert hub.seen == []


def test_gguf_files_alone_have_no_folder(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model.gguf")
    hub.publish("me/gguf", folder)
    error = refused(hub, tmp_path, "FROM hf.co/me/gguf@main")

    assert "GGUF" in error.message
    assert ":Q4_K_M" in str(error.hint)


def test_pulling_a_folder_says_how_it_becomes_a_model(hub: ScriptedHub, folder: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny", folder)
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.registry = Registry(tmp_path / "key", limits=LIMITS, proxies=Proxies(http=hub.url))
        with pytest.raises(RegistryError) as caught:
            ollama.pull("hf.co/me/tiny", insecure=True).result(60)

    assert "not GGUF" in caught.value.message
    assert "FROM hf.co/me/tiny@main" in str(caught.value.hint)
