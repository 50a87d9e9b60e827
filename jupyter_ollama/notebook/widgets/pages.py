"""The pages that show one widget. Each has a name of its own, and is a front end like the panel.

    page -> kernel   {page, request}            see ``labextension/src/protocol.ts``; the first one connects the page
    kernel -> page   {page, batch}
                     {page, gone: true}         it is not connected any more, and has to take a new name

A page goes with ``leave``. Those that could not say it are left when there are too many.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ..comms import requests
from ..comms.front_end import FrontEnd
from ..comms.hub import Hub
from ..comms.stream import failure

MAX_PAGES = 8
MAX_NAME = 64
Send = Callable[[dict[str, Any]], None]


class Pages:
    """All pages of a widget.

    Args:
        hub: gives the Ollama that is asked.
        send: sends one message to all pages.
    """

    def __init__(self, hub: Hub, send: Send) -> None:
        self._hub, self._send = hub, send
        self._lock = threading.Lock()
        self._pages: dict[str, FrontEnd] = {}

    def receive(self, message: Any) -> None:
        """Take one message of a page. Returns at once; may be called on any thread."""
        page, request = (message.get("page"), message.get("request")) if isinstance(message, dict) else (None, None)
        if not isinstance(page, str) or not 0 < len(page) <= MAX_NAME:
            error = requests.refusal("a message of a widget is an object with page (a short name) and request.")
            self._send({"page": None, "batch": {"seq": 1, "items": [failure(None, error)]}})
            return
        front_end = self._find(page, begins=isinstance(request, dict) and request.get("id") == 1)
        if front_end is None:
            self._send({"page": page, "gone": True})
        else:
            front_end.receive(request)

    def close(self) -> None:
        """Leave all pages."""
        with self._lock:
            pages, self._pages = list(self._pages.values()), {}
        for page in pages:
            page.close()

    def _find(self, name: str, *, begins: bool) -> FrontEnd | None:
        """The page's front end, new if its first request comes; None for one that was left before."""
        with self._lock:
            self._pages = {one: there for one, there in self._pages.items() if not there.closed}
            found = self._pages.get(name)
            if found is not None or not begins:
                return found
            gone = partial(self._send, {"page": name, "gone": True})
            found = self._hub.connect(lambda batch: self._send({"page": name, "batch": batch}), gone)
            silent = min(self._pages, key=lambda one: self._pages[one].heard_at) if len(self._pages) >= MAX_PAGES else None
            left = self._pages.pop(silent) if silent is not None else None
            self._pages[name] = found
        if left is not None:
            left.close()
        return found
