"""Folders of the disk that the system tells of, be they there already or not.

The nearest folder above it that is there is watched, too: so a folder that appears is seen, and one that is moved away. Where the system
cannot tell (it allows so many watches and no more), the folder counts as changed every few seconds.
"""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

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
    """Watches by threads of its own from ``start`` to ``close``.

    Args:
        blind_s: how often what cannot be watched counts as changed, in seconds.
    """

    def __init__(self, blind_s: float = BLIND_S) -> None:
        self._blind_s = blind_s
        self._places: list[_Place] = []
        self._unsettled = threading.Event()
        self._closed = False

    def add(self, folder: Path, changed: Callable[[], None], suffix: str = "") -> None:
        """Call ``changed``, which must be quick, when something in or below a folder changes; with a ``suffix``, a file that ends so."""
        self._places.append(_Place(folder, changed, suffix, self._unsettled))

    def start(self) -> None:
        """Begin to watch, soon. What changed before is told of, too."""
        context = contextvars.copy_context()  # what is logged belongs to the page, not to a cell
        threading.Thread(target=context.run, args=(self._work,), name="ollama-watch", daemon=True).start()

    def close(self) -> None:
        """Watch no more."""
        self._closed = True
        self._unsettled.set()

    def _work(self) -> None:
        observer: BaseObserver | None = None
        try:
            while not self._closed:
                self._unsettled.clear()
                try:
                    observer = observer or _observer()
                except OSError as error:
                    for place in self._places:
                        place.is_blind(error)
                else:
                    for place in self._places:
                        place.settle(observer)
                self._unsettled.wait(self._blind_s if any(place.blind for place in self._places) else None)
        finally:
            if observer is not None:
                observer.stop()


def _observer() -> BaseObserver:
    """What the system's word comes through. Raises: OSError where there can be none."""
    observer = Observer()
    observer.daemon = True
    observer.start()
    return observer


class _Place:
    """One folder, watched with all below it if it is there; and what is above it, where it comes and goes."""

    def __init__(self, folder: Path, changed: Callable[[], None], suffix: str, unsettled: threading.Event) -> None:
        self._folder, self._changed = folder, changed
        self._inside = _Watch(_Told(changed, suffix), _ALL, recursive=True)
        self._above = _Watch(_Told(unsettled.set), _FOLDERS, recursive=False)
        self._unsettled = unsettled
        self.blind = False

    def settle(self, observer: BaseObserver) -> None:
        """Watch the folder itself if it is there."""
        above, inside = _nearest(self._folder.parent), _identity(self._folder)
        if (above, inside) == (self._above.watched, self._inside.watched) and not self.blind:
            return
        try:
            self._above.move(observer, above)
            self._inside.move(observer, inside)
        except OSError as error:
            self.is_blind(error)
            return
        self.blind = False
        if (above, inside) != (_nearest(self._folder.parent), _identity(self._folder)):
            self._unsettled.set()  # it came or went meanwhile
        self._changed()

    def is_blind(self, error: OSError) -> None:
        """The system does not tell. It may have changed."""
        if not self.blind:
            LOG.warning("changes in %s are seen late: %s", self._folder, error)
        self.blind = True
        self._changed()


class _Told(FileSystemEventHandler):
    """Calls a function upon events; with a suffix, only those of paths that end so."""

    def __init__(self, tell: Callable[[], None], suffix: str = "") -> None:
        self._tell, self._suffix = tell, suffix

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the observer."""
        if any(os.fsdecode(path).endswith(self._suffix) for path in (event.src_path, event.dest_path) if path):
            self._tell()


class _Watch:
    """What the system is asked to tell of; another folder after ``move``."""

    def __init__(self, handler: _Told, events: list[type[FileSystemEvent]], *, recursive: bool) -> None:
        self._handler, self._events, self._recursive = handler, events, recursive
        self._watch: ObservedWatch | None = None
        self.watched: Identity | None = None

    def move(self, observer: BaseObserver, to: Identity | None) -> None:
        """Watch this folder from now on, None: no folder. Raises: OSError."""
        if to == self.watched:
            return
        if self._watch is not None:
            with suppress(KeyError, OSError):  # it ended by itself, with the folder
                observer.unschedule(self._watch)
        self._watch = self.watched = None
        if to is not None:
            self._watch = observer.schedule(self._handler, str(to.path), recursive=self._recursive, event_filter=self._events)
            self.watched = to


class Identity(NamedTuple):
    """A folder behind all links, and what tells it from another that had its name."""

    path: Path
    device: int
    inode: int


def _identity(folder: Path) -> Identity | None:
    """None where there is no such folder."""
    try:
        path = folder.resolve(strict=True)
        stat = path.stat()
        return Identity(path, stat.st_dev, stat.st_ino) if path.is_dir() else None
    except OSError:
        return None


def _nearest(folder: Path) -> Identity | None:
    """The folder, or the nearest one above it that is there."""
    return next((found for place in (folder, *folder.parents) if (found := _identity(place)) is not None), None)
