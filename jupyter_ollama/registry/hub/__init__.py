"""Hugging Face's Hub as a place whose folders are read where they lie: what a repository has, its small files, ranges of its large ones.

    access       where the Hub is, and the token that is shown there
    snapshot     a repository at one commit: its files, told by the Hub and checked
    repository   requests about one repository, and what each refusal means
    copy         its folder here: small files whole, weights as their headers and a hole
    sparse       a file of which some bytes are there
    pieces       what has to come, in which order, and how long it is needed
    supply       bringing it, ahead of whoever uses it and forgotten behind them

Nothing here knows what is made of the bytes.
"""

from .access import HubAccess
from .copy import FolderCopy, require_safetensors
from .repository import HubRepository
from .snapshot import HubFile, Snapshot
from .supply import Supply

__all__ = ["FolderCopy", "HubAccess", "HubFile", "HubRepository", "Snapshot", "Supply", "require_safetensors"]
