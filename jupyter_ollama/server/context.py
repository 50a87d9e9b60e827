"""What the handlers of one server share: the Ollama behind it, who may ask, threads for quick verbs, the runs that are going on."""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar

from tornado.httputil import HTTPServerRequest

from jupyter_ollama import Ollama, Run

from ..bell import Bell
from ..wire.listing import Tags
from .guard import Guard

R = TypeVar("R")
LOG = logging.getLogger("jupyter_ollama.server")
_THREADS = 8
_PROMPT_CPU_S, _PROMPT_S = 0.003, 0.05
"""What prompt work may take of the processor, and in all: to wait for the interpreter's lock is not its fault."""


class Context:
    """Shared by all handlers of a server."""

    def __init__(self, ollama: Ollama, guard: Guard) -> None:
        self.ollama = ollama
        self.guard = guard
        self.runs: weakref.WeakSet[Run[Any]] = weakref.WeakSet()
        self.tags = Tags()
        self._prompt = False
        self._finishing: set[asyncio.Future[Any]] = set()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="ollama-server")

    @cached_property
    def bell(self) -> Bell:
        """Wakes the loop when answers go on."""
        return Bell(asyncio.get_running_loop())

    async def in_thread(self, work: Callable[[], R]) -> R:
        """Do what may block for a moment on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def promptly(self, work: Callable[[], R]) -> R:
        """Do what clients ask for all the time: here, for as long as that takes next to nothing, which is less than to wake a thread and be
        woken by it, most of all where many threads are busy. When it took long the last time, a disk is slow or there is much to do: a
        thread does it then.
        """
        return self._measured(work) if self._prompt else await self.in_thread(lambda: self._measured(work))

    def _measured(self, work: Callable[[], R]) -> R:
        begun, cpu = time.perf_counter(), time.thread_time()
        try:
            return work()
        finally:
            self._prompt = time.thread_time() - cpu < _PROMPT_CPU_S and time.perf_counter() - begun < _PROMPT_S

    def finishing(self, work: asyncio.Future[Any]) -> None:
        """Keep hold of work that goes on when its request is over."""
        self._finishing.add(work)
        work.add_done_callback(self._finishing.discard)

    def log(self, request: HTTPServerRequest, body: bytes) -> None:
        """Tell the log of a request, with its body if that is asked for (OLLAMA_DEBUG_LOG_REQUESTS)."""
        LOG.debug("%s %s from %s", request.method, request.path, request.remote_ip)
        if self.ollama.settings.log_requests and body:
            LOG.info("%s %s %s", request.method, request.path, body.decode("utf-8", "replace"))

    def close(self) -> None:
        """Cancel what is going on."""
        for run in list(self.runs):
            run.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
