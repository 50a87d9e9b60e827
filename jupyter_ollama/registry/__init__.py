"""Registries that models come from and go to, as Ollama's and Hugging Face's speak, and any OCI distribution registry.

    registry, repository     the door; a model's place in one
    session                  who we are, redirects, trying again
    tokens, challenge        the signed token flow
    identity, credentials    the key pair; what docker login wrote
    download, blob, stream, partial, follower    a blob comes: streams, their parts in Ollama's files, the hash behind them
    upload, sending          a blob goes
    exchange, sockets, proxies, address    one request; the network below
    hub/                     folders on Hugging Face's Hub, read by ranges
    limits                   how patient, in what pieces

Nothing here knows the store: what a blob's path is, and whether anybody else is at it, is the caller's business.
"""

from .download import download
from .hub import FolderCopy, HubAccess, HubFile, HubRepository, Snapshot, Supply, require_safetensors
from .limits import Limits
from .partial import Partial, arrived_bytes
from .proxies import Proxies
from .registry import Registry
from .repository import Repository
from .upload import upload

__all__ = [
    "FolderCopy", "HubAccess", "HubFile", "HubRepository", "Limits", "Partial", "Proxies", "Registry", "Repository", "Snapshot", "Supply",
    "arrived_bytes", "download", "require_safetensors", "upload",
]  # fmt: skip
