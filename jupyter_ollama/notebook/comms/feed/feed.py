"""The topics of one Ollama, and what says that they may have changed: its runs, files on the disk, the clock."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import topics
from .topic import Receiver, Topic
from .watcher import Watcher

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

RUNS_S, MODELS_S, LOADED_S = 0.1, 0.12, 0.2
"""For how long changes of a topic are gathered."""
NAMES = ("models", "loaded", "runs")


class Feed:
    """Watches from the first ``join`` until ``close``."""

    def __init__(self, ollama: Ollama) -> None:
        self.ollama = ollama
        self.remote = is_remote(ollama)
        self._models = topics.models(ollama, polled=self.remote)
        self._loaded = topics.loaded(ollama, polled=self.remote)
        self._runs = topics.runs(ollama)
        self._topics: dict[str, Topic] = dict(zip(NAMES, (self._models, self._loaded, self._runs), strict=True))
        self._lock = threading.Lock()
        self._working: frozenset[int] = frozenset()
        self._watcher: Watcher | None = None
        self._forget = lambda: None

    def join(self, receiver: Receiver, names: Iterable[str]) -> None:
        """Push these topics to somebody from now on: first all of it, then what changes."""
        for name in names:
            self._topics[name].join(receiver)
        with self._lock:
            if self._watcher is None:
                self._watcher = Watcher()
                self._start(self._watcher)

    def leave(self, receiver: Receiver) -> None:
        """Push nothing more to somebody."""
        for topic in self._topics.values():
            topic.leave(receiver)

    def asked(self) -> None:
        """A front end had something done. What files tell is seen by itself; the rest has to be asked for."""
        if self.remote:
            self._models.touch(MODELS_S)
        if self.remote or not self.ollama.engines.shared:
            self._loaded.touch(LOADED_S)

    def close(self) -> None:
        """Watch no more."""
        with self._lock:
            self._forget()
            if self._watcher is not None:
                self._watcher.close()
        for topic in self._topics.values():
            topic.close()

    def _start(self, watcher: Watcher) -> None:
        self._forget = self.ollama.runs.listen(self._heard)
        if self.remote:
            return
        store = self.ollama.store
        for one in (store, store.service):
            if one is not None:
                watcher.add(one.tags.folder, lambda: self._models.touch(MODELS_S))
        if self.ollama.settings.runtime is not None:
            watcher.add(self.ollama.settings.runtime, lambda: self._loaded.touch(LOADED_S), ".json")
        watcher.start()

    def _heard(self) -> None:
        """A run started, reported something or ended."""
        self._runs.touch(RUNS_S)
        if not self.remote:
            if not self.ollama.engines.shared:  # there are no files to tell of them
                self._loaded.touch(LOADED_S)
            return
        working = self.ollama.runs.working
        if working != self._working:
            self._working = working
            self._models.touch(MODELS_S)
            self._loaded.touch(LOADED_S)


def is_remote(ollama: Ollama) -> bool:
    """Whether an engine elsewhere does the work, of which no files are here."""
    return not hasattr(ollama, "engines")
