"""The topics of one Ollama, and what says that they may have changed: its runs, files on the disk, the clock."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import topics
from .topic import Receiver, Topic

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

    from .watcher import Watcher

RUNS_S, MODELS_S, LOADED_S = 0.1, 0.12, 0.2
"""For how long changes of a topic are gathered."""
NAMES = ("models", "loaded", "runs")


class Feed:
    """Watches from the first ``join`` until ``close``."""

    def __init__(self, ollama: Ollama) -> None:
        self.ollama = ollama
        self.remote = is_remote(ollama)
        self._models = topics.models(ollama, polled=self.remote, then=self._watch)
        self._loaded = topics.loaded(ollama, polled=self.remote)
        self._runs = topics.runs(ollama)
        self._topics: dict[str, Topic] = dict(zip(NAMES, (self._models, self._loaded, self._runs), strict=True))
        self._lock = threading.Lock()
        self._working: frozenset[int] = frozenset()
        self._watcher: Watcher | None = None
        self._closed = False
        self._forget = ollama.runs.listen(self._heard)

    def prepare(self) -> None:
        """Read the models: somebody will ask for them."""
        self._models.prepare()

    def join(self, receiver: Receiver, names: Iterable[str]) -> None:
        """Push these topics to somebody from now on: first all of it, then what changes."""
        for name in names:
            self._topics[name].join(receiver)
        self.prepare()

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
        self._forget()
        with self._lock:
            self._closed = True
            if self._watcher is not None:
                self._watcher.close()
        for topic in self._topics.values():
            topic.close()

    def _watch(self) -> None:
        """Have files tell of changes; those since the models were read, too. Called when a front end has the models: they come first."""
        if self.remote:
            return
        store, runtime = self.ollama.store, self.ollama.settings.runtime
        watcher: Watcher = importlib.import_module(".watcher", __package__).Watcher()
        for one in (store, store.service):
            if one is not None:
                watcher.add(one.tags.folder, lambda: self._models.touch(MODELS_S))
        if runtime is not None:
            watcher.add(runtime, lambda: self._loaded.touch(LOADED_S), ".json")
        with self._lock:
            if not self._closed:
                self._watcher = watcher
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
