"""The only reader of environment variables: what Ollama's own variables mean, as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir
from platformdirs import user_cache_path

from .address import Address
from .durations import parse_duration

FOREVER = -1.0
SERVICE_MODELS = "/usr/share/ollama/.ollama/models"
"""Where the service that Ollama's installer sets up on Linux keeps its models."""
HUB = "https://huggingface.co"
SNAPSHOT_BYTES = 4 << 30
"""Room for some forty prompts of 2,000 tokens of a 1B model, or four of an 8B one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How an ``Ollama`` is set up.

    ``models`` is the own store. ``service_models`` is the store of an Ollama that the whole machine shares: it is only read.
    ``keep_unused`` leaves the layers of a model that is created again on the disk.

    ``cache`` is the folder for what can be made again; None keeps nothing. Of that, snapshots of evaluated prompts may take
    ``snapshot_bytes``, and a prompt that begins as the model says is kept if evaluating that took ``snapshot_after_s``. ``keep_replies``
    allows answers to be given again.

    ``key`` is the user's private key for registries, beside the folder of the models unless said otherwise. ``http_proxy`` and
    ``https_proxy`` are URLs, ``no_proxy`` names hosts that are reached without, with commas between. ``docker_config`` is where
    ``docker login`` keeps names and passwords. ``transfer_streams`` is how many connections a download may have; 0 chooses.
    ``hub`` is the address of Hugging Face's Hub or of a mirror; ``hub_token``, or else the content of ``hub_token_file``, is shown there.

    ``address`` is where ``serve`` listens, ``origins`` are web pages that may ask besides those of this machine, ``token`` is what every
    request has to bring, if there is one. ``history`` is the file of what was typed in a terminal, None keeps none; ``editor`` is the
    command of the user's editor. ``debug`` and ``log_requests`` make the server tell what it does.

    ``runtime`` is the folder by which the kernels of a user share loaded models; without it models end with the process that loaded them.
    ``num_parallel`` requests of one model run at once (0 chooses), ``max_loaded`` models stay in memory, ``max_queue`` requests may wait;
    ``kv_cache_type`` and ``flash_attention`` (None chooses) say how a context is kept and used. ``memory_bytes`` is what all loaded models
    may take together (0: what the machine has), ``gpu_overhead_bytes`` stays free on a GPU.

    Units: ``keep_alive_s`` seconds, negative for ever; ``load_timeout_s`` seconds without progress, 0 for ever; ``num_ctx`` tokens, 0
    chooses.
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
    keep_replies: bool = True
    key: Path | None = None
    http_proxy: str = ""
    https_proxy: str = ""
    no_proxy: str = ""
    docker_config: Path | None = None
    transfer_streams: int = 0
    hub: str = HUB
    hub_token: str = field(default="", repr=False)
    hub_token_file: Path | None = None
    runtime: Path | None = None
    num_parallel: int = 0
    max_loaded: int = 3
    max_queue: int = 512
    kv_cache_type: str = "f16"
    flash_attention: bool | None = None
    load_timeout_s: float = 300.0
    memory_bytes: int = 0
    gpu_overhead_bytes: int = 0
    address: Address = field(default_factory=Address)
    origins: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    history: Path | None = None
    editor: str = "vi"
    debug: bool = False
    log_requests: bool = False

    @property
    def replies(self) -> Path | None:
        """The folder of answers that are given again."""
        return None if self.cache is None or not self.keep_replies else self.cache / "replies"

    @property
    def snapshots(self) -> Path | None:
        """The folder of snapshots."""
        return None if self.cache is None else self.cache / "snapshots"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read OLLAMA_MODELS, OLLAMA_KEEP_ALIVE, OLLAMA_CONTEXT_LENGTH, OLLAMA_GO_TEMPLATE, OLLAMA_NOPRUNE, OLLAMA_HOST, OLLAMA_ORIGINS,
        OLLAMA_DEBUG, OLLAMA_DEBUG_LOG_REQUESTS, OLLAMA_MAX_TRANSFER_STREAMS, OLLAMA_NUM_PARALLEL, OLLAMA_MAX_LOADED_MODELS,
        OLLAMA_MAX_QUEUE, OLLAMA_KV_CACHE_TYPE, OLLAMA_FLASH_ATTENTION, OLLAMA_LOAD_TIMEOUT and OLLAMA_GPU_OVERHEAD as Ollama reads them.

        JUPYTER_OLLAMA_SERVICE_MODELS is another place for the store of a system-wide Ollama; empty, it is not looked for.
        JUPYTER_OLLAMA_CACHE is another folder for what can be made again; empty, nothing is kept. JUPYTER_OLLAMA_SNAPSHOT_BYTES is what
        snapshots may take; 0 keeps none. JUPYTER_OLLAMA_REPLIES=0 never gives an answer of before again. Proxies are read from HTTP_PROXY,
        HTTPS_PROXY, ALL_PROXY and NO_PROXY in either case, the place of Docker's configuration from DOCKER_CONFIG. HF_ENDPOINT, HF_TOKEN
        (or HUGGING_FACE_HUB_TOKEN), HF_TOKEN_PATH and HF_HOME mean what they mean to Hugging Face's own programs.
        OLLAMA_NOHISTORY keeps nothing of what is typed in a terminal; OLLAMA_EDITOR, VISUAL or EDITOR is the editor there.
        JUPYTER_OLLAMA_TOKEN is what clients of ``serve`` have to send as their bearer token.
        JUPYTER_OLLAMA_RUNTIME_DIR is another place than Jupyter's for what kernels share; empty, they share nothing.
        JUPYTER_OLLAMA_MEMORY is the number of bytes that all loaded models may take together.
        """
        held = {key: value.strip().strip("\"'").strip() for key, value in (environment or os.environ).items()}
        models = held.get("OLLAMA_MODELS")
        service = held.get("JUPYTER_OLLAMA_SERVICE_MODELS", SERVICE_MODELS)
        cache, room = held.get("JUPYTER_OLLAMA_CACHE"), held.get("JUPYTER_OLLAMA_SNAPSHOT_BYTES", "")
        docker = held.get("DOCKER_CONFIG")
        runtime = held.get("JUPYTER_OLLAMA_RUNTIME_DIR")
        return cls(
            models=Path(models).expanduser() if models else Path.home() / ".ollama" / "models",
            keep_alive_s=_keep_alive(held.get("OLLAMA_KEEP_ALIVE", "")),
            num_ctx=_whole(held.get("OLLAMA_CONTEXT_LENGTH", ""), 0),
            go_template=_bool(held.get("OLLAMA_GO_TEMPLATE", "")),
            keep_unused=bool(_bool(held.get("OLLAMA_NOPRUNE", ""))),
            service_models=Path(service).expanduser() if service else None,
            cache=user_cache_path("jupyter_ollama") if cache is None else Path(cache).expanduser() if cache else None,
            snapshot_bytes=_whole(room, SNAPSHOT_BYTES),
            keep_replies=_bool(held.get("JUPYTER_OLLAMA_REPLIES", "")) is not False,
            key=Path.home() / ".ollama" / "id_ed25519",
            http_proxy=_either(held, "http_proxy") or _either(held, "all_proxy"),
            https_proxy=_either(held, "https_proxy") or _either(held, "all_proxy"),
            no_proxy=_either(held, "no_proxy"),
            docker_config=(Path(docker).expanduser() if docker else Path.home() / ".docker") / "config.json",
            transfer_streams=_whole(held.get("OLLAMA_MAX_TRANSFER_STREAMS", ""), 0),
            hub=held.get("HF_ENDPOINT", "").rstrip("/") or HUB,
            hub_token=held.get("HF_TOKEN") or held.get("HUGGING_FACE_HUB_TOKEN", ""),
            hub_token_file=_hub_token_file(held),
            address=Address.parse(held.get("OLLAMA_HOST", "")),
            origins=tuple(origin.strip() for origin in held.get("OLLAMA_ORIGINS", "").split(",") if origin.strip()),
            token=held.get("JUPYTER_OLLAMA_TOKEN", ""),
            history=None if _bool(held.get("OLLAMA_NOHISTORY", "")) else Path.home() / ".ollama" / "history",
            editor=next((held[name] for name in ("OLLAMA_EDITOR", "VISUAL", "EDITOR") if held.get(name)), "vi"),
            debug=_level(held.get("OLLAMA_DEBUG", "")),
            log_requests=bool(_bool(held.get("OLLAMA_DEBUG_LOG_REQUESTS", ""))),
            runtime=Path(jupyter_runtime_dir()) / "jupyter_ollama" if runtime is None else Path(runtime).expanduser() if runtime else None,
            num_parallel=_whole(held.get("OLLAMA_NUM_PARALLEL", ""), 0),
            max_loaded=_whole(held.get("OLLAMA_MAX_LOADED_MODELS", ""), 0) or 3,
            max_queue=_whole(held.get("OLLAMA_MAX_QUEUE", ""), 512),
            kv_cache_type=held.get("OLLAMA_KV_CACHE_TYPE", "").lower() or "f16",
            flash_attention=_bool(held.get("OLLAMA_FLASH_ATTENTION", "")),
            load_timeout_s=_timeout(held.get("OLLAMA_LOAD_TIMEOUT", "")),
            memory_bytes=_whole(held.get("JUPYTER_OLLAMA_MEMORY", ""), 0),
            gpu_overhead_bytes=_whole(held.get("OLLAMA_GPU_OVERHEAD", ""), 0),
        )


def _either(environment: Mapping[str, str], name: str) -> str:
    """A variable in lower or upper case; the first counts."""
    return environment.get(name) or environment.get(name.upper(), "")


def _hub_token_file(environment: Mapping[str, str]) -> Path:
    """Where ``hf auth login`` keeps the token."""
    if path := environment.get("HF_TOKEN_PATH"):
        return Path(path).expanduser()
    cache = Path(environment.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(environment.get("HF_HOME") or cache).expanduser() / "token"


def _keep_alive(text: str) -> float:
    seconds = _seconds(text, 300.0)
    return FOREVER if seconds < 0 else seconds


def _timeout(text: str) -> float:
    return max(0.0, _seconds(text, 300.0))


def _seconds(text: str, default: float) -> float:
    """A Go duration, or a whole number of seconds."""
    seconds = parse_duration(text)
    if seconds is not None:
        return seconds
    try:
        return float(int(text))
    except ValueError:
        return default


def _whole(text: str, default: int) -> int:
    """A number that Go reads as unsigned; anything else is not given."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else default


def _bool(text: str) -> bool | None:
    return None if not text else text not in {"0", "f", "F", "FALSE", "false", "False"}


def _level(text: str) -> bool:
    """Whether OLLAMA_DEBUG asks for more: yes, or a level of 1 or more."""
    return int(text) > 0 if text.lstrip("+-").isdigit() and text.isascii() else bool(_bool(text))
