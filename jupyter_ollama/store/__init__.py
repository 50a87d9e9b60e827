"""The model store: blobs by digest, names that point to manifests, in Ollama's own layout.

    <models>/blobs/sha256-<64 hex>                        content, never changed
    <models>/blobs/sha256-<random digits>                 a temporary that is being written
    <models>/manifests/<host>/<namespace>/<model>/<tag>   a manifest
    <models>/.jupyter_ollama/                             what Ollama does not know: locks, leases, records of links

Content is hashed while it is written and published by a rename; writing a manifest is the only change to what a name means. Names that the
store does not have are looked for in a second one, that of a system-wide Ollama, which is only read.

    store, reader       the store; the part of it that only reads
    service             the second store
    blobs, tags         the two folders
    model               a model, read layer by layer
    locks, leases       what makes many processes safe
    downloads           whose turn it is to bring a blob
    builds              models that are being made of what arrives
    links               blobs that are at the same time files of the user's
    prune, removal      what may go, and what goes with a name
    inventory           what lies there
    mending             names of old
    remembered          reading only what changed
    hashing, disk       digests on a thread; what differs between file systems
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..on_demand import on_demand

if TYPE_CHECKING:
    from .model import StoredModel
    from .reader import StoreReader
    from .store import Store

__all__ = ["Store", "StoreReader", "StoredModel"]

__getattr__ = on_demand(__name__, {"Store": ".store", "StoreReader": ".reader", "StoredModel": ".model"})
