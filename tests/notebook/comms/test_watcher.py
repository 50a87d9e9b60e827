"""Changes below a folder are told of, whatever happens to the folder itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_ollama.notebook.comms.feed.watcher import Watcher


class Watched:
    """A folder that is watched, and how often it was told of."""

    def __init__(self, folder: Path, suffix: str = "") -> None:
        self.count = 0
        self.watcher = Watcher()
        self.watcher.add(folder, self._changed, suffix)
        self.watcher.start()
        self._settled()

    def _changed(self) -> None:
        self.count += 1

    def _settled(self) -> None:
        """Wait until no more is told."""
        before, quiet = -1, 0
        while quiet < 5:
            quiet = quiet + 1 if self.count == before and before > 0 else 0
            before = self.count
            time.sleep(0.03)

    def tells_of(self, change: Callable[[], object]) -> None:
        """Make a change, which must be told of."""
        self._settled()
        before = self.count
        change()
        end = time.monotonic() + 20
        while self.count == before:
            assert time.monotonic() < end, "it was not told of"
            time.sleep(0.005)
        self._settled()

    def says_nothing_of(self, change: Callable[[], object]) -> None:
        """Make a change, which must not be told of."""
        self._settled()
        before = self.count
        change()
        time.sleep(0.2)
        assert self.count == before


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def start(folder: Path, suffix: str = "") -> Watched:
        made.append(Watched(folder, suffix))
        return made[-1]

    yield start
    for one in made:
        one.watcher.close()


def test_files_that_come_change_move_and_go_at_any_depth_are_told_of(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path)
    deep = tmp_path / "a" / "b" / "c"

    watched.tells_of(lambda: deep.mkdir(parents=True))
    watched.tells_of(lambda: (deep / "x").write_text("1"))
    watched.tells_of(lambda: (deep / "x").write_text("2"))
    watched.tells_of(lambda: (deep / "x").replace(deep / "y"))
    watched.tells_of(lambda: (deep / "y").unlink())
    watched.tells_of(lambda: shutil.rmtree(tmp_path / "a"))


def test_reading_is_no_change(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("1")
    watched = watch(tmp_path)

    watched.says_nothing_of(lambda: [(tmp_path / "a" / "x").read_text(), list(tmp_path.rglob("*"))])


def test_a_folder_that_comes_later_is_watched_from_then_on(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    folder = tmp_path / "home" / ".ollama" / "models"
    watched = watch(folder)

    watched.tells_of(lambda: (tmp_path / "home").mkdir())
    watched.tells_of(lambda: folder.mkdir(parents=True))
    watched.tells_of(lambda: (folder / "x").write_text("1"))


def test_a_folder_that_goes_and_comes_again_is_still_watched(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    watched = watch(folder)

    for _ in range(2):
        watched.tells_of(lambda: (folder / "x").write_text("1"))
        watched.tells_of(lambda: shutil.rmtree(folder))
        watched.tells_of(lambda: folder.mkdir())
    watched.tells_of(lambda: (folder / "x").write_text("1"))
    watched.tells_of(lambda: folder.rename(tmp_path / "elsewhere"))
    watched.tells_of(lambda: folder.mkdir())
    watched.tells_of(lambda: (folder / "x").write_text("1"))


def test_a_folder_behind_a_link_is_watched(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "models").symlink_to(tmp_path / "disk")
    watched = watch(tmp_path / "models")

    watched.tells_of(lambda: (tmp_path / "disk" / "x").write_text("1"))


def test_only_files_with_a_suffix_count_where_one_is_given(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path, ".json")

    watched.says_nothing_of(lambda: (tmp_path / "runner.log").write_text("much"))
    watched.tells_of(lambda: (tmp_path / "runner.json").write_text("{}"))
    (tmp_path / "new").write_text("{}")
    watched.tells_of(lambda: (tmp_path / "new").replace(tmp_path / "runner.json"))


WITHOUT_FILES = """
import os, resource, sys, time
from pathlib import Path
from jupyter_ollama.notebook.comms.feed.watcher import Watcher
told = []
watcher = Watcher(blind_s=0.05)
watcher.add(Path(sys.argv[1]), lambda: told.append(1))
few, most = len(os.listdir("/proc/self/fd")) - 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
watcher.start()
until = time.monotonic() + 30
while len(told) < 5 and time.monotonic() < until:
    time.sleep(0.01)
print(len(told) >= 5)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
"""


def test_where_the_system_cannot_tell_the_folder_counts_as_changed_again_and_again(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_FILES, tmp_path], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "True\n"
    assert done.stderr.count("are seen late") == 1


def test_closing_ends_all_threads(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    Watched(tmp_path).watcher.close()

    end = time.monotonic() + 20
    while {one for one in set(threading.enumerate()) - before if one.is_alive()}:
        assert time.monotonic() < end
        time.sleep(0.01)
