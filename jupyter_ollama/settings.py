"""The only reader of environment variables: what Ollama's own variables mean, as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from .address import Address
from .durations import parse_duration

FOREVER = -1.0
SERVICE_MODELS = "/usr/share/ollama/.ollama/models"
"""Where the service that Ollama's installer sets up on Linux keeps its models."""
SNAPSHOT_BYTES = 4 << 30
"""Room for some forty prompts of 2,000 tokens of a 1B model, or four of an 8B one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How an ``Ollama`` is set up.

    ``models`` is the own store. ``service_models`` is the store of an Ollama that the whole machine shares: it is only read.
    ``keep_unused`` leaves the layers of a model that is created again on the disk.

    ``cache`` is the folder for what can be made again; None keeps nothing. Of that, snapshots of evaluated prompts may take
    ``snapshot_bytes``, and a prompt that begins as the model says is kept if evaluating that took ``snapshot_after_s``.

    ``key`` is the user's private key for registries, beside the folder of the models unless said otherwise. ``http_proxy`` and
    ``https_proxy`` are URLs, ``no_proxy`` names hosts that are reached without, with commas between. ``docker_config`` is where
    ``docker login`` keeps names and passwords.

    ``address`` is where ``serve`` listens, ``origins`` are web pages that may ask besides those of this machine, ``token`` is what every
    request has to bring, if there is one. ``debug`` and ``log_requests`` make the server tell what it does.

    Units: ``keep_alive_s`` seconds, negative for ever; ``num_ctx`` tokens, 0 chooses.
    """

    models: Path
    keep_alive_s: float = 300.0
    num_ctx: int = 0
    go_template: bool | None = None
    keep_unused: bool = False
    service_models: Path | None = None
    cache: Path | None = None
    snapshot_bytes: int = SNAPSHOT_BYTES
    snapshot_after_s: float = 0.25

    key: Path | None = None
    http_proxy: str = ""
    https_proxy: str = ""
    no_proxy: str = ""
    docker_config: Path | None = None

    address: Address = field(default_factory=Address)
    origins: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    debug: bool = False
    log_requests: bool = False

    @property
    def snapshots(self) -> Path | None:
        """The folder of snapshots."""
        return None if self.cache is None else self.cache / "snapshots"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read OLLAMA_MODELS, OLLAMA_KEEP_ALIVE, OLLAMA_CONTEXT_LENGTH, OLLAMA_GO_TEMPLATE, OLLAMA_NOPRUNE, OLLAMA_HOST, OLLAMA_ORIGINS,
        OLLAMA_DEBUG and OLLAMA_DEBUG_LOG_REQUESTS as Ollama reads them.

        JUPYTER_OLLAMA_SERVICE_MODELS is another place for the store of a system-wide Ollama; empty, it is not looked for.
        JUPYTER_OLLAMA_CACHE is another folder for what can be made again; empty, nothing is kept. JUPYTER_OLLAMA_SNAPSHOT_BYTES is what
        snapshots may take; 0 keeps none. Proxies are read from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in either case, the place of
        Docker's configuration from DOCKER_CONFIG.
        JUPYTER_OLLAMA_TOKEN is what clients of ``serve`` have to send as their bearer token.
        """
        held = {key: value.strip().strip("\"'").strip() for key, value in (environment or os.environ).items()}
        models = held.get("OLLAMA_MODELS")
        service = held.get("JUPYTER_OLLAMA_SERVICE_MODELS", SERVICE_MODELS)
        length = held.get("OLLAMA_CONTEXT_LENGTH", "")
        cache, room = held.get("JUPYTER_OLLAMA_CACHE"), held.get("JUPYTER_OLLAMA_SNAPSHOT_BYTES", "")
        docker = held.get("DOCKER_CONFIG")
        return cls(
            models=Path(models).expanduser() if models else Path.home() / ".ollama" / "models",
            keep_alive_s=_keep_alive(held.get("OLLAMA_KEEP_ALIVE", "")),
            num_ctx=int(length) if length.isascii() and length.isdigit() else 0,
            go_template=_bool(held.get("OLLAMA_GO_TEMPLATE", "")),
            keep_unused=bool(_bool(held.get("OLLAMA_NOPRUNE", ""))),
            service_models=Path(service).expanduser() if service else None,
            cache=user_cache_path("jupyter_ollama") if cache is None else Path(cache).expanduser() if cache else None,
            snapshot_bytes=int(room) if room.isascii() and room.isdigit() else SNAPSHOT_BYTES,
            key=Path.home() / ".ollama" / "id_ed25519",
            http_proxy=_either(held, "http_proxy") or _either(held, "all_proxy"),
            https_proxy=_either(held, "https_proxy") or _either(held, "all_proxy"),
            no_proxy=_either(held, "no_proxy"),
            docker_config=(Path(docker).expanduser() if docker else Path.home() / ".docker") / "config.json",
            address=Address.parse(held.get("OLLAMA_HOST", "")),
            origins=tuple(origin.strip() for origin in held.get("OLLAMA_ORIGINS", "").split(",") if origin.strip()),
            token=held.get("JUPYTER_OLLAMA_TOKEN", ""),
            debug=_level(held.get("OLLAMA_DEBUG", "")),
            log_requests=bool(_bool(held.get("OLLAMA_DEBUG_LOG_REQUESTS", ""))),
        )


def _either(environment: Mapping[str, str], name: str) -> str:
    """A variable in lower or upper case; the first counts."""
    return environment.get(name) or environment.get(name.upper(), "")


def _keep_alive(text: str) -> float:
    seconds = parse_duration(text)
    if seconds is None:
        try:
            seconds = float(int(text))
        except ValueError:
            seconds = 300.0
    return FOREVER if seconds < 0 else seconds


def _bool(text: str) -> bool | None:
    return None if not text else text not in {"0", "f", "F", "FALSE", "false", "False"}


def _level(text: str) -> bool:
    """Whether OLLAMA_DEBUG asks for more: yes, or a level of 1 or more."""
    return int(text) > 0 if text.lstrip("+-").isdigit() and text.isascii() else bool(_bool(text))
