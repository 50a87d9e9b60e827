"""``Registry``: the door to all registries, for one user: who they are, which way the network is."""

from __future__ import annotations

import ssl
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import RegistryError
from ..names import ModelName
from ..sentences import Sentence
from ..sources import HubName
from .address import Origin
from .credentials import Credentials
from .exchange import Exchanges
from .hub import HubAccess, HubRepository
from .hub.access import HubSession
from .identity import Identity
from .limits import Limits
from .proxies import Proxies
from .repository import Repository
from .session import Session
from .sockets import Network
from .tokens import Authority


class Registry:
    """Opens models' places in registries.

    Args:
        key: the user's private key; made when it is first needed.
        docker_config: where ``docker login`` wrote names and passwords.
        hub: where Hugging Face's Hub is, and who we are there.
        context: trusted certificates; the system's by default.
    """

    def __init__(
        self, key: Path, *, proxies: Proxies | None = None, docker_config: Path | None = None, limits: Limits | None = None,
        context: ssl.SSLContext | None = None, hub: HubAccess | None = None,
    ) -> None:  # fmt: skip
        self.identity = Identity(key)
        self.credentials = Credentials(docker_config)
        self.limits = limits or Limits()
        self.hub = hub or HubAccess()
        self._network = Network(proxies or Proxies(), self.limits, context)

    def open(self, name: ModelName, cancel: CancelToken, *, insecure: bool = False) -> Repository:
        """The place of a model in the registry that its name says. Nothing is sent yet.

        Args:
            insecure: speak plain http.
        Raises: RegistryError when the name says http and that was not allowed.
        """
        if name.scheme == "http" and not insecure:
            raise RegistryError(
                Sentence("%1 would be spoken to in plain http, which is not allowed.", name.host),
                hint="Allow it: insecure=True, or --insecure.", host=name.host, status=0, text="insecure protocol http",
            )  # fmt: skip
        origin = Origin.of(f"{'http' if insecure else 'https'}://{name.host}")
        authority = Authority(origin, self.identity, self.credentials)
        return Repository(name, Session(origin, Exchanges(self._network), authority, self.limits, cancel))

    def folder(self, name: HubName, cancel: CancelToken) -> HubRepository:
        """A repository of the Hub, whose folder is read there. Nothing is sent yet.

        Raises: RegistryError when the Hub's address is none.
        """
        authority = Authority(self.hub.origin, self.identity, self.credentials)
        return HubRepository(name, HubSession(self.hub, Exchanges(self._network), authority, self.limits, cancel))
