"""The comm that a page opens, in a kernel: a target while the extension is loaded, and word of it to the pages that are there."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import comm

from ...errors import BadRequest
from . import requests

if TYPE_CHECKING:
    from ..session import Session
    from .front_end import FrontEnd
    from .hub import Hub

PROTOCOL = 1
TARGET = "jupyter_ollama"
ANNOUNCE = "jupyter_ollama.announce"
MAX_PAGES = 8
"""A page that is loaded again or crashes does not hang up. So many are kept; of more, the one that was silent for longest is left."""


class Attached:
    """A kernel with the extension; ``attach`` makes one."""

    def __init__(self, manager: Any, session: Session) -> None:
        self._manager, self._session = manager, session
        self._hub: Hub | None = None
        self._pages: list[FrontEnd] = []
        manager.register_target(TARGET, self._opened)
        comm.create_comm(target_name=ANNOUNCE).close()

    def detach(self) -> None:
        """Take away the target, and hang up on all pages."""
        self._manager.targets.pop(TARGET, None)
        if self._hub is not None:
            self._hub.close()
            self._hub.magics = None

    def _opened(self, opened: Any, message: Any) -> None:
        """A page has opened the comm. Runs on the thread of a shell: nothing here may take time."""
        hub_module = importlib.import_module("jupyter_ollama.notebook.comms.hub")  # kernels in which no page asks do without
        self._hub = hub_module.default()
        self._hub.magics = self._session
        page = self._hub.connect(opened.send, opened.close, _refusal(_data(message)))
        opened.handle_msg = lambda said: page.receive(_data(said))  # without the events of IPython that handle_msg triggers
        opened.on_close(lambda _: page.close())
        self._pages = [one for one in self._pages if not one.closed] + [page]
        if len(self._pages) > MAX_PAGES:
            min(self._pages[:-1], key=lambda one: one.heard_at).close(hang_up=True)


def attach(shell: Any, session: Session) -> Attached | None:
    """Let pages reach the kernel of a shell, and tell them so. A shell without a kernel has none."""
    manager = getattr(getattr(shell, "kernel", None), "comm_manager", None)
    return None if manager is None else Attached(manager, session)


def _data(message: Any) -> Any:
    return message["content"].get("data")


def _refusal(data: Any) -> BadRequest | None:
    """Why a page is not spoken to: it follows another protocol."""
    wanted = data.get("protocol") if isinstance(data, dict) else None
    if wanted == PROTOCOL and not isinstance(wanted, bool):
        return None
    hint = "Install the same version of jupyter_ollama for JupyterLab and for the kernel."
    return requests.refusal(f"the page speaks protocol {wanted!r:.40}, this kernel {PROTOCOL}.", hint=hint)
