"""Where the Hub is, and the token that is shown there, to no other host and not in plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...cancelling import CancelToken
from ..address import Origin
from ..exchange import Answer, Body, Exchanges
from ..limits import Limits
from ..session import Session
from ..tokens import Authority

ENDPOINT = "https://huggingface.co"
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubAccess:
    """How the Hub is reached.

    Args:
        endpoint: its address, or that of a mirror.
        token: shown there; without one, what ``token_file`` holds when it is needed.
    """

    endpoint: str = ENDPOINT
    token: str = field(default="", repr=False)
    token_file: Path | None = None

    @property
    def origin(self) -> Origin:
        """Raises: RegistryError when the endpoint is no address."""
        return Origin.of(self.endpoint)

    def bearer(self) -> str:
        """What the Authorization header says; empty without a token, or where everybody on the way could read it."""
        here = self.origin.host in ("localhost", "::1") or self.origin.host.startswith("127.")
        token = self.token or self._kept()
        return f"Bearer {token}" if _TOKEN.fullmatch(token) and (self.origin.scheme == "https" or here) else ""

    def _kept(self) -> str:
        try:
            return self.token_file.read_text(encoding="utf-8")[:8192].strip() if self.token_file is not None else ""
        except (OSError, UnicodeDecodeError):
            return ""


class HubSession(Session):
    """Requests to the Hub. It does not ask who we are: what there is to show is shown at once, and what it says to that is final.
    ``base`` is what its URLs begin with.

    Raises: RegistryError when the endpoint is no address.
    """

    def __init__(self, access: HubAccess, exchanges: Exchanges, authority: Authority, limits: Limits, cancel: CancelToken) -> None:
        super().__init__(access.origin, exchanges, authority, limits, cancel)
        self.base = access.endpoint.rstrip("/")
        self._bearer = access.bearer()

    @property
    def shows_token(self) -> bool:
        """Whether the Hub learns who asks."""
        return bool(self._bearer)

    def _told_who_we_are(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | None, login: bool, patience_s: float
    ) -> Answer:  # fmt: skip
        shown = self._bearer if login and Origin.of(url) == self.origin else ""
        return self._once(method, url, headers, body, shown, patience_s)
