"""Several kernels on one store: what running work relies on stays; what dead work left goes."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jupyter_ollama.errors import ModelNotFound, StoreError
from jupyter_ollama.manifest import MODEL, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store

from .conftest import AddModel
from .test_crashes import files, needed

NAME = ModelName.valid("mario")


@pytest.fixture
def other(store: Store) -> Store:
    """The same store as another kernel sees it."""
    return Store(store.root)


def test_what_work_has_put_survives_a_prune_and_the_deletion_of_its_last_model(store: Store, other: Store, add_model: AddModel) -> None:
    add_model("mario", weights=b"shared")
    with store.begin() as work:
        fresh, _ = work.put(b"fresh", MODEL)
        shared, new = work.put(b"shared", MODEL)
        other.delete(NAME)
        other.prune(grace_s=0)

        assert not new
        assert {fresh.digest.file_name, shared.digest.file_name} == files(store)
    assert set() == files(store), "the work is over and no model holds them"


def test_what_work_has_opened_can_be_tagged_after_its_model_was_deleted(store: Store, other: Store, add_model: AddModel) -> None:
    add_model("mario", system="Be Mario.")
    with store.begin() as work:
        opened = work.open(NAME)
        assert 0 == other.delete(NAME), "nothing is freed: work relies on it"
        with pytest.raises(ModelNotFound):
            other.open(NAME)
        work.tag(ModelName.valid("luigi"), opened.manifest)

    assert "Be Mario." == other.open(ModelName.valid("luigi")).system


def test_what_one_leaves_to_another_goes_with_the_last_one(store: Store, other: Store, add_model: AddModel) -> None:
    add_model("mario")
    with other.begin() as second:
        with store.begin() as first:
            first.open(NAME)
            second.open(NAME)
            other.delete(NAME)
        assert 2 == len(files(store))
    assert set() == files(store)


def test_work_that_fails_takes_back_what_it_added_and_nothing_else(store: Store, add_model: AddModel) -> None:
    add_model("mario", weights=b"held")
    before = files(store)
    with pytest.raises(KeyError), store.begin() as work:
        work.put(b"held", MODEL)
        work.put(b"added", MODEL)
        raise KeyError

    assert before == files(store)


def test_work_that_fails_leaves_what_another_has_used_meanwhile(store: Store, other: Store) -> None:
    with other.begin() as second:
        with pytest.raises(KeyError), store.begin() as first:
            first.put(b"weights", MODEL)
            layer, new = second.put(b"weights", MODEL)
            raise KeyError
        assert not new
        second.tag(NAME, Manifest.build(layer, [layer]))

    assert b"weights" == store.blobs.read(layer.digest)


def test_a_model_made_from_itself_keeps_what_it_needs(store: Store, add_model: AddModel) -> None:
    add_model("mario", system="old")
    with store.begin() as work:
        held = work.open(NAME).manifest
        work.tag(NAME, Manifest.build(held.config, [layer for layer in held.layers if layer.media_type == MODEL]))

    assert needed(store) == files(store)
    assert store.open(NAME).system is None


KILLED = """
import os, pathlib, sys
from jupyter_ollama.manifest import MODEL
from jupyter_ollama.store import Store
store = Store(pathlib.Path(sys.argv[1]))
with store.begin() as work, work.blobs.reserve() as temporary:
    temporary.write_bytes(b"half")
    work.put(b"from the dead", MODEL)
    print("ready", flush=True)
    sys.stdin.read()
"""


def killed(store: Store) -> subprocess.Popen[bytes]:
    """A process in the middle of work."""
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(store.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert b"ready\n" == child.stdout.readline()
    return child


@pytest.mark.parametrize("next_one", ["begins work", "prunes", "deletes"])
def test_what_a_killed_process_left_is_cleared_up_by_the_next_one(store: Store, add_model: AddModel, next_one: str) -> None:
    """Its locks and its lease died with it; while it lives, nobody touches what it works on."""
    add_model("mario")
    add_model("luigi", weights=b"other")
    child = killed(store)
    try:
        store.prune(grace_s=0)
        with store.begin():
            pass
        assert 2 == len(files(store) - needed(store)), "the temporary and what it has put"
    finally:
        child.kill()
        child.communicate()

    if next_one == "begins work":
        with store.begin():
            pass
    elif next_one == "prunes":
        store.prune()
    else:
        store.delete(NAME)
    assert needed(store) == files(store)


def test_looking_at_a_store_never_prunes_and_never_writes(store: Store, add_model: AddModel) -> None:
    add_model("mario")
    child = killed(store)
    child.kill()
    child.communicate()
    before = {path: path.stat().st_mtime_ns for path in store.root.rglob("*")}

    looking = Store(store.root)
    assert ["mario:latest"] == [model.name for model in looking.models()]
    looking.open(NAME)
    assert before == {path: path.stat().st_mtime_ns for path in store.root.rglob("*")}


def test_the_lock_excludes_threads_and_processes(store: Store) -> None:
    program = "import pathlib, sys\nfrom jupyter_ollama.store import Store\nwith Store(pathlib.Path(sys.argv[1]))._lock.held(): print('in')"
    inside, waited = threading.Event(), []

    def second() -> None:
        inside.wait()
        with Store(store.root)._lock.held():
            waited.append(done)

    done = [False]
    thread = threading.Thread(target=second)
    thread.start()
    with store._lock.held():
        inside.set()
        child = subprocess.Popen([sys.executable, "-c", program, str(store.root)], stdout=subprocess.PIPE)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(1)
        done[0] = True
    assert (b"in\n", None) == child.communicate(timeout=30)
    thread.join()
    assert [[True]] == waited


def test_a_process_that_was_stopped_with_the_lock_is_named(store: Store, add_model: AddModel) -> None:
    add_model("mario")
    program = (
        "import pathlib, sys\nfrom jupyter_ollama.store import Store\n"
        "with Store(pathlib.Path(sys.argv[1]))._lock.held(): print('in', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(store.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    store._lock.patience_s = 0.2
    try:
        with pytest.raises(StoreError, match=rf"locked by process {child.pid} for 0 s\. If that process hangs or was stopped"):
            store.delete(NAME)
        assert store.open(NAME).name == NAME, "readers need no lock"
    finally:
        child.send_signal(signal.SIGCONT)
        child.communicate(timeout=30)
    store.delete(NAME)


@pytest.mark.parametrize("answer", [OSError(errno.ENOLCK, "No locks available"), None], ids=["no locks", "locks for everybody"])
def test_a_file_system_without_locks_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch, answer: OSError | None) -> None:
    """What two kernels did there at once could not be kept apart."""

    def flock(descriptor: int, operation: int) -> None:
        if answer is not None:
            raise answer

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StoreError, match=r"without working locks.*OLLAMA_MODELS"), store.begin():
        pass
    assert [] == list(store.root.rglob("leases/*"))


def test_a_full_disk_does_not_keep_one_from_deleting(store: Store, add_model: AddModel) -> None:
    add_model("mario")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        freed = store.delete(NAME)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)

    assert freed > 0
    assert set() == files(store)


def test_a_lease_with_anything_else_in_it_harms_nothing(store: Store, add_model: AddModel, tmp_path: Path) -> None:
    """Leases are read back after crashes: whatever they hold, only blobs and temporaries can go, and no blob that a model holds."""
    add_model("mario")
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (name, *_) = needed(store)
    folder = store.root / ".jupyter_ollama" / "leases"
    folder.mkdir(parents=True)
    lines = [f"temporary ../../../{outside.name}", f"temporary {name}", f"new {name}", "new sha256-" + "0" * 64, "left", "\udcff", "new " * 9]
    (folder / "1-broken").write_bytes("\n".join(lines).encode("utf-8", "surrogateescape") + os.urandom(100))

    with store.begin():
        pass

    assert outside.exists()
    assert needed(store) == files(store)
    assert [] == list(folder.iterdir())


def test_the_old_layers_stay_where_pruning_is_switched_off(store: Store, add_model: AddModel) -> None:
    """OLLAMA_NOPRUNE: creating again leaves what the name's old meaning needed; deleting removes, as Ollama does."""
    add_model("mario", system="first")
    keeping = Store(store.root, keep_unused=True)
    held = store.open(NAME).manifest
    keeping.tag(NAME, Manifest.build(held.config, held.layers[:1]))
    assert 1 == len(files(store) - needed(store))

    keeping.delete(NAME)
    assert 1 == len(files(store))
