"""A model of another server under a name of its own: a config that says where it runs, and no weights."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import urlsplit

from ..errors import ModelfileError, OptionError
from ..manifest import Config
from ..modelfile import Modelfile
from ..names import ModelName
from ..quantization import Quantize
from ..sentences import Sentence
from .weights import Base

PORT = 11434
_OLLAMA_COM = "https://ollama.com:443"
_HOST = re.compile(r"[A-Za-z0-9._~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]", re.ASCII)


def from_remote(modelfile: Modelfile, host: str, quantize: Quantize | None) -> Base:
    """The base of a model that runs at ``host`` under the name that FROM says.

    Raises: OptionError for a bad host, InvalidName for a bad FROM, ModelfileError for what only weights can have.
    """
    url = remote_url(host)
    given = {"DRAFT": modelfile.drafts, "ADAPTER": modelfile.adapters, "quantize": quantize}
    for instruction, value in given.items():
        if value:
            text = Sentence("%1 cannot be used with remote models", instruction)
            raise ModelfileError(Sentence("%1.", text), hint=Sentence("Remove it: %1 has the weights.", host), line=0, column=0, text=text)
    model = modelfile.base or ""
    ModelName.valid(model)
    return Base(config=Config(remote_host=url, remote_model=model))


def remote_url(host: str) -> str:
    """Where a server is, in full: scheme, host and port, and a path if there is one.

    >>> remote_url("example.com"), remote_url("/p"), remote_url("ollama.com")
    ('http://example.com:11434', 'http://localhost:11434/p', 'https://ollama.com:443')

    Raises: OptionError when it cannot be one.
    """
    if host in ("ollama.com", "http://ollama.com", "https://ollama.com"):
        return _OLLAMA_COM
    whole = f"localhost{host}" if host.startswith("/") else host
    try:
        parts = urlsplit(whole if "://" in whole else f"http://{whole}")
        port = PORT if parts.port is None else parts.port
    except ValueError:  # a port that is no number, brackets that do not close
        raise _bad(host) from None
    place = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(place) or not port or parts.query:
        raise _bad(host)
    path = posixpath.normpath(parts.path).strip("/") if parts.path else ""
    return f"{parts.scheme}://{place}:{port}" + (f"/{path}" if path else "")


def _bad(host: str) -> OptionError:
    return OptionError(
        Sentence("bad remote: %1 is no address of a server.", repr(host)), hint="Write for example gpu-box:11434 or https://example.com.",
        option="remote_host", value=host, text="bad remote",
    )  # fmt: skip
