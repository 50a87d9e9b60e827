"""The door to registries. Imported when a model is fetched or sent for the first time."""

from __future__ import annotations

from ..registry import HubAccess, Limits, Proxies, Registry
from ..settings import Settings


def registry(settings: Settings) -> Registry:
    """Registries, as the settings have them. A store that lies elsewhere has its key beside it, unless that was said, too."""
    return Registry(
        settings.key or settings.models.parent / "id_ed25519",
        proxies=Proxies(settings.http_proxy, settings.https_proxy, settings.no_proxy),
        docker_config=settings.docker_config,
        hub=HubAccess(settings.hub, settings.hub_token, settings.hub_token_file),
        limits=Limits(streams=settings.transfer_streams) if settings.transfer_streams else Limits(),
    )  # fmt: skip
