"""What was read is remembered until its file changes, by whomever and however."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store, remembered
from jupyter_ollama.store.remembered import Remembered

from .conftest import AddModel

ALWAYS = -(1 << 62)


class Reader:
    """Reads files and counts."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: str) -> bytes:
        self.read.append(Path(path).name)
        return Path(path).read_bytes()


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been there for long."""
    monkeypatch.setattr(remembered, "SETTLED_NS", ALWAYS)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", ["nothing", "touch", "write", "replace"])
def test_a_file_is_read_once_until_anything_about_it_changes(tmp_path: Path, change: str) -> None:
    file, reader = tmp_path / "file", Reader()
    file.write_bytes(b"one")
    held = Remembered(reader, len)
    assert held.get(str(file)) == b"one"
    match change:
        case "touch":
            os.utime(file, (1, 1))
        case "write":
            file.write_bytes(b"longer")
        case "replace":
            (tmp_path / "new").write_bytes(b"two")
            (tmp_path / "new").replace(file)

    assert held.get(str(file)) == file.read_bytes()
    assert held.get(str(file)) == file.read_bytes()
    assert len(reader.read) == (1 if change == "nothing" else 2)


def test_a_file_that_changed_a_moment_ago_is_read_again(tmp_path: Path) -> None:
    """Within one tick of the file system's clock it can change again without any sign of it."""
    file, reader = tmp_path / "file", Reader()
    file.write_bytes(b"one")
    held = Remembered(reader, len)

    assert [held.get(str(file)), held.get(str(file))] == [b"one", b"one"]
    assert len(reader.read) == 2


def test_a_manifest_overwritten_in_place_with_its_times_put_back_is_noticed(store: Store, add_model: AddModel) -> None:
    path = store.tags.path(add_model("m", system="first"))
    new = store.tags.path(add_model("n", system="other")).read_bytes()
    before = path.stat()
    assert len(new) == before.st_size
    store.models()
    with path.open("r+b") as file:
        file.write(new)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert len({model.digest for model in store.models()}) == 1
    assert store.open(ModelName.valid("m")).system == "other"


@pytest.mark.usefixtures("settled")
def test_a_file_that_changes_while_it_is_read_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")

    def read(path: str) -> bytes:
        found = Path(path).read_bytes()
        file.write_bytes(b"other")
        return found

    held = Remembered(read, len)
    assert [held.get(str(file)), held.get(str(file))] == [b"one", b"other"]


@pytest.mark.usefixtures("settled")
def test_what_is_remembered_is_bounded_in_files_and_in_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(remembered, "MAX_BYTES", 100)
    monkeypatch.setattr(remembered, "MAX_FILES", 3)
    reader = Reader()
    held = Remembered(reader, len)
    for name, size in (("a", 10), ("b", 10), ("c", 10), ("d", 10), ("large", 95), ("huge", 200)):
        (tmp_path / name).write_bytes(bytes(size))

    def read_again(*names: str) -> list[str]:
        del reader.read[:]
        for name in names:
            held.get(str(tmp_path / name))
        return reader.read

    assert read_again("a", "b", "c", "d") == ["a", "b", "c", "d"]
    assert read_again("b", "c", "d") == []
    assert read_again("a", "c", "d") == ["a"]
    assert read_again("large", "large") == ["large"]
    assert read_again("c", "d") == ["c", "d"]
    assert read_again("huge", "huge") == ["huge", "huge"]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    held = Remembered(Reader(), len)

    with pytest.raises(FileNotFoundError):
        held.get(str(tmp_path / "none"))


@pytest.mark.usefixtures("settled")
def test_many_threads_read_what_was_there_and_never_more_is_kept_than_may_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(remembered, "MAX_BYTES", 50)
    files = [tmp_path / str(number) for number in range(10)]
    for file in files:
        file.write_bytes(b"0" * 10)
    held, wrong = Remembered(Reader(), len), []

    def work(seed: int) -> None:
        for step in range(200):
            file = files[(seed * 7 + step * 3) % len(files)]
            if step % 20 == seed:
                new = tmp_path / f".{seed}"
                new.write_bytes(bytes([48 + seed]) * 10)
                new.replace(file)
            found = held.get(str(file))
            if len(found) != 10 or len(set(found)) != 1:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert held._bytes == sum(len(value) for _, value in held._held.values()) <= 50
    assert [held.get(str(file)) for file in files] == [file.read_bytes() for file in files]
