"""The store of a system-wide Ollama: models are found in it, and nothing in it ever changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_ollama.errors import CorruptManifest, ModelNotFound, ReadOnlyStore, StoreError
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, SYSTEM, Config, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store

from .conftest import unprivileged

Put = Callable[..., ModelName]


def put(store: Store, name: str, system: str = "") -> ModelName:
    """A model of plain bytes: the store does not look into weights."""
    layers = [store.put(f"weights of {name}".encode(), MODEL)[0]]
    if system:
        layers.append(store.put(system.encode(), SYSTEM)[0])
    config, _ = store.put(Config("gguf", "test", ("test",), "0", "F16").encode(), CONFIG_TYPE)
    return store.tag(ModelName.valid(name), Manifest.build(config, layers))


def states(root: Path, *, links: bool = True) -> dict[str, tuple[int, ...]]:
    """Everything below a folder that would tell of a change: files and folders, their inodes, sizes, modes and times.

    Args:
        links: that a file got a second name elsewhere counts as a change, too.
    """
    found = {}
    for path in [root, *sorted(root.rglob("*"))]:
        state = path.lstat()
        more = (state.st_ctime_ns, state.st_nlink) if links else ()
        found[str(path.relative_to(root))] = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_mode, *more)
    return found


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A store with two models, as a service keeps it (its own lock file is not there)."""
    root = tmp_path / "service"
    for name in ("mario", "me/luigi:v2"):
        put(Store(root), name, system=f"service {name}")
    return root


@pytest.fixture
def both(tmp_path: Path, service: Path) -> Store:
    return Store(tmp_path / "models", service)


def test_a_model_that_only_the_service_has_is_found_and_says_where_it_is(both: Store, service: Path) -> None:
    model = both.open(ModelName.valid("MARIO"))

    assert (model.system, model.root, str(model.name)) == ("service mario", service, "mario:latest")
    assert model.path.is_relative_to(service)
    assert both.has(ModelName.valid("me/Luigi:v2"))
    assert not both.root.exists()


def test_the_list_has_the_models_of_both_and_their_stores(both: Store, service: Path) -> None:
    put(both, "toad")

    assert {(model.name, model.store) for model in both.models()} == {
        ("toad:latest", ""), ("mario:latest", str(service)), ("me/luigi:v2", str(service)),
    }  # fmt: skip


def test_where_both_have_a_name_the_own_store_wins_in_any_case(both: Store, service: Path) -> None:
    put(both, "Mario", system="own")

    assert both.open(ModelName.valid("mario")).system == "own"
    assert [(model.name, model.store) for model in both.models() if "ario" in model.name] == [("Mario:latest", "")]

    both.delete(ModelName.valid("mario"))
    assert both.open(ModelName.valid("mario")).system == "service mario"


def test_an_own_model_that_is_broken_is_an_error_and_not_the_services_model(both: Store) -> None:
    own = put(both, "mario")
    both.tags.path(own).write_bytes(b"{")

    with pytest.raises(CorruptManifest):
        both.open(own)
    assert "mario:latest" not in [model.name for model in both.models()]


def test_a_model_of_the_service_cannot_be_deleted_and_the_error_says_what_to_do(both: Store, service: Path) -> None:
    before = states(service)

    with pytest.raises(ReadOnlyStore, match=r"system-wide store at .*service.*ollama rm mario") as caught:
        both.delete(ModelName.valid("mario"))
    assert caught.value.path == service
    assert states(service) == before


def test_an_unknown_name_is_answered_with_what_either_store_has(both: Store) -> None:
    put(both, "toad")

    with pytest.raises(ModelNotFound) as caught:
        both.open(ModelName.valid("maria"))
    assert caught.value.near == ["mario:latest"]


def test_reading_changes_nothing_in_the_services_store_not_even_old_names(both: Store, service: Path) -> None:
    weights = both.open(ModelName.valid("mario")).path
    weights.rename(weights.with_name(weights.name.replace("-", ":")))
    (service / "blobs" / "sha256:ab").mkdir()
    before = states(service)

    assert both.open(ModelName.valid("mario")).path.read_bytes() == b"weights of mario"
    assert both.models()
    put(both, "toad")
    both.delete(ModelName.valid("toad"))
    assert states(service) == before


@pytest.mark.parametrize("kind", ["missing", "empty", "a file", "a file for its manifests", "unreadable blobs"])
def test_a_service_store_that_cannot_be_used_is_as_if_it_were_not_there(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "service"
    if kind == "a file":
        root.write_bytes(b"")
    elif kind != "missing":
        root.mkdir()
    if kind == "a file for its manifests":
        (root / "manifests").write_bytes(b"")
    if kind == "unreadable blobs":
        put(Store(root), "mario")
        (root / "blobs").rename(root / "gone")
    store = Store(tmp_path / "models", root)

    put(store, "toad")
    assert [model.name for model in store.models()] == ["toad:latest"]
    with pytest.raises(ModelNotFound):
        store.open(ModelName.valid("luigi"))


@pytest.mark.parametrize("closed", [".", "manifests", "manifests/registry.ollama.ai/library", "blobs"])
def test_a_service_store_one_may_not_read_is_as_if_it_were_not_there(open_path: Path, closed: str) -> None:
    service = open_path / "service"
    put(Store(service), "mario")
    (service / closed).chmod(0)

    with unprivileged():
        store = Store(open_path / "models", service)
        put(store, "toad")
        assert [model.name for model in store.models()] == ["toad:latest"]
        if closed != "blobs":
            with pytest.raises(ModelNotFound):
                store.open(ModelName.valid("mario"))
        else:
            with pytest.raises(StoreError, match="Permission denied"):
                store.open(ModelName.valid("mario"))


def test_an_own_store_one_may_not_read_is_an_error_that_says_so(open_path: Path) -> None:
    put(Store(open_path / "models"), "mario")
    (open_path / "models/manifests").chmod(0)

    with unprivileged(), pytest.raises(StoreError, match=r"Permission denied.*OLLAMA_MODELS"):
        Store(open_path / "models").models()


def test_one_folder_is_one_store_by_whatever_path(tmp_path: Path, service: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(service)
    store = Store(link, service)

    assert store.service is None
    assert {model.store for model in store.models()} == {""}
