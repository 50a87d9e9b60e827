"""One call of a Python function, on a thread of its own: it may raise, hang or be asynchronous."""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import threading
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable, isgenerator
from typing import Any

from ..cancelling import CancelToken
from ..functions import as_text, bound


class Stopped(BaseException):
    """Raised in a function whose time is over; no ``except Exception`` stops it."""


class FunctionCall:
    """A call that is going on. ``text`` is what the model is told, ``error`` what the function raised, once it is over.

    A function runs where the context variables of its caller hold, so that what it prints appears in the cell; but on another thread.
    An asynchronous one has an event loop of its own.
    """

    def __init__(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        self.text = ""
        self.error: BaseException | None = None
        self._ended = False
        self._over = threading.Event()
        self._asynchronous: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None] | None = None
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work, function, arguments), name="ollama-function", daemon=True)

    def finished(self, timeout_s: float | None, cancel: CancelToken) -> bool:
        """Run it, and wait. Returns whether it ended by itself; where its time was over or the work was cancelled, it is stopped.

        Python code ends at its next step; what waits in foreign code (a socket, a sleep) is left behind on its thread.
        """
        forget = cancel.on_cancel(self._over.set)
        self._thread.start()
        try:
            self._over.wait(timeout_s)
        finally:
            forget()
        ended = self._ended
        if not ended:
            self._stop()
        return ended

    def _work(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        try:
            try:
                self.text = self._told(function, arguments)
            except BaseException as error:  # noqa: BLE001 (the model is told, whatever it is)
                self.error = error
            self._ended = True
            self._over.set()
        except Stopped:  # between the lines above: nobody waits any more
            pass

    def _told(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
        positional, named = bound(function, arguments)
        value = function(*positional, **named)
        if isawaitable(value):
            value = asyncio.run(self._awaited(value))
        return as_text(list(value) if isgenerator(value) else value)

    async def _awaited(self, value: Awaitable[Any]) -> Any:
        self._asynchronous = asyncio.get_running_loop(), asyncio.current_task()
        return await value

    def _stop(self) -> None:
        if self._asynchronous is None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(Stopped))
            return
        loop, task = self._asynchronous
        try:
            loop.call_soon_threadsafe(task.cancel if task else loop.stop)
        except RuntimeError:  # it has just ended
            pass
