"""A crash at any system call of any operation: nothing that was there is lost, and the same operation completes afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import ModelNotFound
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, SYSTEM, Config, Layer, Manifest
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.store import Store
from jupyter_ollama.store.disk import hash_file

from ..quick_disk import quick_disk
from .crashes import dies_at
from .test_blobs import finish

CONFIG = Config("gguf", "test", ("test",), "0", "unknown").encode()
Texts = dict[str, tuple[bytes, str]]
"""What a store should hold: name -> weights, system."""


def tag(store: Store, name: str, weights: Layer, system: str) -> None:
    layers = [weights, store.put(system.encode(), SYSTEM)[0]]
    store.tag(ModelName.valid(name), Manifest.build(store.put(CONFIG, CONFIG_TYPE)[0], layers))


def create(store: Store, name: str, weights: bytes, system: str) -> None:
    """As a conversion does it: weights are written to a temporary and adopted."""
    with store.begin() as work, work.blobs.reserve() as temporary:
        temporary.write_bytes(weights)
        digest = Digest(hash_file(temporary, lambda done: None, CancelToken()))
        work.blobs.adopt(temporary, digest)
        tag(work, name, Layer(MODEL, digest, len(weights)), system)


def put(store: Store, name: str, weights: bytes, system: str) -> None:
    with store.begin() as work:
        tag(work, name, work.put(weights, MODEL)[0], system)


def imported(store: Store, name: str, source: Path, system: str) -> None:
    with store.begin() as work:
        _, (digest, size, _) = finish(work.blobs.import_file(source, CancelToken()))
        tag(work, name, Layer(MODEL, digest, size), system)


def derive(store: Store, name: str, parent: str, system: str) -> None:
    with store.begin() as work:
        opened = work.open(ModelName.valid(parent))
        tag(work, name, opened.manifest.of(MODEL)[0], system)


def copy(store: Store, source: str, destination: str) -> None:
    store.copy(ModelName.valid(source), ModelName.valid(destination))


def delete(store: Store, name: str) -> None:
    store.delete(ModelName.valid(name))


def give_up(store: Store, weights: bytes) -> None:
    """Work that does not come to its end by itself."""
    with pytest.raises(KeyError), store.begin() as work:
        work.put(weights, MODEL)
        raise KeyError


def contents(store: Store) -> Texts:
    """What the store holds, every blob checked against its digest."""
    held = {}
    for summary in store.models():
        opened = store.open(ModelName.valid(summary.name))
        for layer in opened.manifest.blobs:
            store.blobs.verify(layer.digest)
        held[summary.name.removesuffix(":latest")] = (opened.path.read_bytes(), opened.system or "")
    return held


def files(store: Store) -> set[str]:
    return {path.name for path in store.blobs.folder.iterdir()}


def needed(store: Store) -> set[str]:
    return {layer.digest.file_name for _, manifest in store.tags.manifests(strict=True) for layer in manifest.blobs}


def is_tidy(store: Store) -> None:
    """After the next work begins, nothing is left of a crash; after a prune, no half-written manifest either."""
    with store.begin():
        pass
    assert needed(store) == files(store)
    assert store.prune(grace_s=0).freed_bytes == 0
    assert [] == list(store.tags.folder.glob(".*"))
    own = store.root / ".jupyter_ollama"
    assert [] == list((own / "leases").iterdir())
    assert {f"sha256-{path.name}" for path in (own / "links").glob("*")} <= files(store)


START: Texts = {"a": (b"weights", "Be a."), "b": (b"weights", "Be b."), "c": (b"other", "Be a.")}
"""Shares weights, systems and the config, so that every kind of removal is met."""

OPERATIONS: dict[str, tuple[Callable[[Store, Path], None], Texts]] = {
    "create a new model": (lambda store, _: create(store, "n", b"new", "Be n."), {**START, "n": (b"new", "Be n.")}),
    "create over a model": (lambda store, _: create(store, "c", b"new", "Be n."), {**START, "c": (b"new", "Be n.")}),
    "create with blobs of others": (lambda store, _: create(store, "n", b"other", "Be b."), {**START, "n": (b"other", "Be b.")}),
    "create what is there": (lambda store, _: create(store, "a", b"weights", "Be a."), START),
    "put and tag": (lambda store, _: put(store, "c", b"new", "Be b."), {**START, "c": (b"new", "Be b.")}),
    "import by a link": (lambda store, mine: imported(store, "n", mine, "Be n."), {**START, "n": (b"mine", "Be n.")}),
    "import by a link over a model": (lambda store, mine: imported(store, "c", mine, "Be c."), {**START, "c": (b"mine", "Be c.")}),
    "derive": (lambda store, _: derive(store, "n", "c", "Be n."), {**START, "n": (b"other", "Be n.")}),
    "derive from itself": (lambda store, _: derive(store, "c", "c", "Be n."), {**START, "c": (b"other", "Be n.")}),
    "copy": (lambda store, _: copy(store, "c", "n"), {**START, "n": START["c"]}),
    "copy over a model": (lambda store, _: copy(store, "a", "c"), {**START, "c": START["a"]}),
    "delete": (lambda store, _: delete(store, "c"), {name: START[name] for name in "ab"}),
    "delete what shares all": (lambda store, _: delete(store, "a"), {name: START[name] for name in "bc"}),
    "give up": (lambda store, _: give_up(store, b"new"), START),
    "prune": (lambda store, _: store.prune(grace_s=0) and None, START),
}


@pytest.fixture
def start() -> Iterator[Path]:
    """A store to begin each crash with: three models, and a user's file beside it."""
    with quick_disk() as folder:
        store = Store(folder / "start" / "models")
        for name, (weights, system) in START.items():
            put(store, name, weights, system)
        (folder / "start" / "mine.gguf").write_bytes(b"mine")
        yield folder / "start"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda name: name.replace(" ", "-"))
def test_a_crash_at_any_system_call_loses_nothing(start: Path, operation: str) -> None:
    """Every moment of the operation in turn, each on a store of its own."""
    work, after = OPERATIONS[operation]
    for moment in range(1, 1000):
        place = start.parent / str(moment)
        shutil.copytree(start, place)
        store, mine = Store(place / "models"), place / "mine.gguf"
        if operation == "prune":
            store.put(b"an orphan", MODEL)
        died = dies_at(moment, lambda: work(store, mine))  # noqa: B023 (called at once)

        survived = contents(store)
        assert survived in (START, after), f"moment {moment}"
        if survived == START:
            work(store, mine)
        assert after == contents(store), f"moment {moment}"
        is_tidy(store)
        assert b"mine" == mine.read_bytes()
        shutil.rmtree(place)
        if not died:
            break
    assert moment > 5, "the work has more moments than that"
    assert not died


def test_the_crash_that_is_made_is_a_crash(tmp_path: Path) -> None:
    """The harness itself: a write that is torn stays torn, and nothing is tidied up."""
    path = tmp_path / "file"

    def work() -> None:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
            os.write(descriptor, b"12345678")
        finally:
            path.unlink()

    assert dies_at(3, work)
    assert b"1234" == path.read_bytes()
    assert not dies_at(5, work)
    assert not path.exists()


def test_an_operation_repeated_after_it_was_done_says_so(start: Path) -> None:
    store = Store(start / "models")
    delete(store, "a")
    with pytest.raises(ModelNotFound):
        delete(store, "a")
