"""The model store: blobs by digest, names that point to manifests, in Ollama's own layout.

    <models>/blobs/sha256-<64 hex>                        content, never changed
    <models>/blobs/sha256-<random digits>                 a temporary that is being written
    <models>/manifests/<host>/<namespace>/<model>/<tag>   a manifest

Content is hashed while it is written and published by a rename; writing a manifest is the only change to what a name means.
"""

from .model import StoredModel
from .reader import StoreReader
from .store import Store

__all__ = ["Store", "StoreReader", "StoredModel"]
