"""``Ollama``: one object that owns a model store and the engines, with one short method for each verb.

    held      what the verbs work with; access: the door to registries
    asking    chat, generate, embed ...
    looking   list, show, tensors ...
    changing  create, pull, delete ...
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cards import Card, ShownAs
from ..engine.scheduler import Engines
from ..engine.setup import Setup
from ..runs import Runs
from ..settings import Settings
from ..store import Store
from ..verbs.snapshots import rules_of
from .asking import Asking
from .changing import Changing
from .looking import Looking

if TYPE_CHECKING:
    from ..server import Server


class Ollama(Asking, Looking, Changing, ShownAs):
    """A model store with engines to run what is in it. Safe to use from several threads.

    Long verbs return a ``Run``: iterate it to watch, or ask for its ``result()``. Quick verbs return plain values. ``runs`` knows what goes
    on, whoever started it.

        ollama = Ollama()
        for event in ollama.create("mario", "FROM pocket\\nSYSTEM You are Mario."):
            print(event.status)
        print(ollama.chat("mario", "Who are you?").result())

    Args:
        models: the store's folder; without it ``OLLAMA_MODELS``, else ``~/.ollama/models``, which Ollama itself uses too.
        host: the address of an engine elsewhere, which does the work: an Ollama or another notebook (``http://gpu-box:11434``), or what
            speaks OpenAI's API (``http://gpu-box:8000/v1``). It has the same methods; what the host lacks raises ``Unsupported``.
        token: what that host wants as a bearer token.
        settings: all settings at once, instead of the environment.

    What means the same in every method:

        name, names, model  models by their names, as ``llama3.2`` or ``me/peach:small``
        options             PARAMETERs over those of the model: ``{"temperature": 0, "num_ctx": 8192}``
        keep_alive          seconds that the model stays in memory afterwards; negative: for ever, 0: not at all
        digest              that of a layer, as ``show`` lists it; by default the model's weights
        insecure            speak plain http with a registry

    A model that is not there raises ``ModelNotFound``, a name that is none ``InvalidName``, an option that is none ``OptionError``; all
    errors of this package are an ``OllamaError``.
    """

    def __new__(
        cls, models: str | Path | None = None, *, host: str | None = None, token: str = "", settings: Settings | None = None
    ) -> Any:
        if host is None:
            return super().__new__(cls)
        return importlib.import_module("..remote", __package__).connect(host, settings or Settings.from_environment(), token)

    def __init__(
        self, models: str | Path | None = None, *, host: str | None = None, token: str = "", settings: Settings | None = None
    ) -> None:
        self.settings = settings or Settings.from_environment()
        if models is not None:
            self.settings = replace(self.settings, models=Path(models).expanduser())
        self.store = Store(self.settings.models, self.settings.service_models, keep_unused=self.settings.keep_unused)
        self.server: Server | None = None
        self.runs = Runs()
        self.engines = Engines(_setup(self.settings))

    def __repr__(self) -> str:
        return f"Ollama({str(self.settings.models)!r})"

    def _card(self) -> Card:
        loaded = ", ".join(one.name for one in self.ps())
        return Card("Ollama", rows={**self.store.facts(), "in memory": loaded or "no model"})

    def __enter__(self) -> Ollama:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server, and let go of the models in memory: those that kernels share stay for as long as they are to be kept, others are
        unloaded.
        """
        self.stop_serving()
        self.engines.close()
        self.runs.close()

    def serve(
        self, host: str | None = None, port: int | None = None, *, origins: Iterable[str] = (), token: str | None = None
    ) -> Server:  # fmt: skip
        """Serve Ollama's REST API (and OpenAI's and Anthropic's) from a thread, by default where OLLAMA_HOST says: 127.0.0.1:11434.

        If it serves already, that server is given.

        Args:
            host: ``0.0.0.0`` opens it to everybody who reaches this machine.
            port: 0 takes any that is free.
            origins: web pages that may ask, besides those of this machine.
            token: what every request has to bring, as ``Authorization: Bearer ...``.
        Raises: ServeError.
        """
        if self.server is None or not self.server.running:
            self.server = importlib.import_module("..server", __package__).serve(self, host, port, origins=origins, token=token)
        return self.server

    def stop_serving(self) -> None:
        """End the server, if there is one."""
        if self.server is not None:
            self.server.stop()
            self.server = None


def _setup(settings: Settings) -> Setup:
    return Setup(
        runtime=settings.runtime, num_parallel=settings.num_parallel, max_loaded=settings.max_loaded, max_queue=settings.max_queue,
        kv_cache_type=settings.kv_cache_type, flash_attention=settings.flash_attention, load_timeout_s=settings.load_timeout_s,
        gpu_overhead_bytes=settings.gpu_overhead_bytes, memory_bytes=settings.memory_bytes,
        snapshots=rules_of(settings),
    )  # fmt: skip
