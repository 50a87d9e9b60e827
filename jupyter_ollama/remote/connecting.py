"""Which API a host speaks, found out by asking."""

from __future__ import annotations

from ..address import Address
from ..errors import OllamaError, Unauthorized, Unreachable, Unsupported
from ..sentences import Sentence
from ..settings import Settings
from .engine import Remote
from .line import Line
from .ollama_api import OllamaHost
from .openai_api import OpenAIHost


def connect(host: str, settings: Settings, token: str = "") -> Remote:
    """Reach the engine at an address, as ``OLLAMA_HOST`` names one: ``gpu-box``, ``http://gpu-box:11434``, ``https://example.com/v1``.

    Args:
        token: what the host wants as a bearer token (an API key).
    Raises: Unreachable when nothing answers there, Unsupported when what answers speaks neither API, Unauthorized.
    """
    address = Address.parse(host)
    if address.path.rstrip("/").endswith("v1"):
        address = Address(address.host, address.port, address.scheme, address.path.rstrip("/").removesuffix("v1").rstrip("/"))
    line = Line(address.connectable, token)
    for path, kind in (("/api/version", OllamaHost), ("/v1/models", OpenAIHost)):
        try:
            answer = line.get(path)
        except (Unreachable, Unauthorized):
            raise
        except OllamaError:  # there is no such path
            continue
        if isinstance(answer.get("version"), str) or isinstance(answer.get("data"), list):
            return kind(line, settings)
    raise Unsupported(
        Sentence("%1 speaks neither Ollama's API nor OpenAI's.", line.place),
        hint="Name the address of an Ollama, a vLLM or a llama-server.", verb="connect", host=line.place,
    )  # fmt: skip
