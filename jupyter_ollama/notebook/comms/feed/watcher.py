"""Folders of the disk that the system tells of, be they there already or not.

Of a folder that is not there, the nearest one above it is watched until it appears. Where the system cannot tell (it allows so many
watches and no more), the folder counts as changed every few seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from ..packing import LOG

BLIND_S = 5.0
_FOLDERS: list[type[FileSystemEvent]] = [DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileCreatedEvent]  # a link is no folder
_ALL: list[type[FileSystemEvent]] = [*_FOLDERS, FileDeletedEvent, FileModifiedEvent, FileMovedEvent]


class Watcher:
    """Watches by threads of its own from ``start`` to ``close``."""

    def __init__(self) -> None:
        self._places: list[_Place] = []
        self._unsettled = threading.Event()
        self._closed = False

    def add(self, folder: Path, changed: Callable[[], None], suffix: str = "") -> None:
        """Call ``changed``, which must be quick, when something in or below a folder changes; with a ``suffix``, a file that ends so."""
        self._places.append(_Place(folder, changed, suffix, self._unsettled))

    def start(self) -> None:
        """Begin to watch, soon. What changed before is told of, too."""
        threading.Thread(target=self._work, name="ollama-watch", daemon=True).start()

    def close(self) -> None:
        """Watch no more."""
        self._closed = True
        self._unsettled.set()

    def _work(self) -> None:
        observer = Observer()
        observer.daemon = True
        observer.start()
        try:
            while not self._closed:
                self._unsettled.clear()
                for place in self._places:
                    place.settle(observer)
                self._unsettled.wait(BLIND_S if any(place.blind for place in self._places) else None)
        finally:
            observer.stop()


class _Place(FileSystemEventHandler):
    """One folder, and what is watched instead while it is not there."""

    def __init__(self, folder: Path, changed: Callable[[], None], suffix: str, unsettled: threading.Event) -> None:
        self._folder, self._changed, self._suffix, self._unsettled = folder, changed, suffix, unsettled
        self._watch: ObservedWatch | None = None
        self._watched: tuple[Path, int, int] | None = None
        self.blind = False

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the observer."""
        if self._watched is None or self._watched[0] != self._folder or event.event_type in ("deleted", "moved"):
            self._unsettled.set()  # it may be there now, or no longer
        if event.src_path and not any(str(path).endswith(self._suffix) for path in (event.src_path, event.dest_path)):
            return
        self._changed()

    def settle(self, observer: BaseObserver) -> None:
        """Watch the folder itself if it is there."""
        nearest = _nearest(self._folder)
        if nearest == self._watched and not self.blind:
            return
        self._let_go(observer)
        place = nearest[0]
        recursive = place == self._folder
        try:
            self._watch = observer.schedule(self, str(place), recursive=recursive, event_filter=_ALL if recursive else _FOLDERS)
            self._watched, self.blind = nearest, False
        except OSError as error:
            if not self.blind:
                LOG.warning("changes in %s are seen late: %s", place, error)
            self._watched, self.blind = None, True
        if _nearest(self._folder) != nearest:
            self._unsettled.set()  # it came or went meanwhile
        self._changed()

    def _let_go(self, observer: BaseObserver) -> None:
        if self._watch is not None:
            try:
                observer.unschedule(self._watch)
            except (KeyError, OSError):  # it ended by itself, with the folder
                pass
            self._watch = None


def _nearest(folder: Path) -> tuple[Path, int, int]:
    """The folder, or the nearest one above it that is there, with what tells it from another of its name."""
    for place in (folder, *folder.parents):
        try:
            stat = place.stat()
        except OSError:
            continue
        if place.is_dir():
            return place, stat.st_dev, stat.st_ino
    return Path(folder.anchor), 0, 0
