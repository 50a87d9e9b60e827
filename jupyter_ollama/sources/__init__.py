"""What a model is made from: from the argument of FROM, ADAPTER or DRAFT to the files on the disk.

paths   the argument -> a path: home folders, relative paths, what is not a path but a model's name
sniff   what a file is by its first bytes, and what to say if it is not a model
listing what lies in a folder, for somebody who looks for a model
pick    which files of a folder make a model
hub     a repository on Hugging Face's Hub, by its name
"""

from __future__ import annotations

from .hub import MAIN, HubName
from .listing import listing
from .paths import check_draft, expand, locate
from .pick import SourceFiles, SourceKind, detect, pick_files

__all__ = ["MAIN", "HubName", "SourceFiles", "SourceKind", "check_draft", "detect", "expand", "listing", "locate", "pick_files"]
