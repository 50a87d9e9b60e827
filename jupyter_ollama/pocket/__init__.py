"""``pocket``: the small real model that ships with the package, so that everything runs offline.

An ordinary Hugging Face folder lies beside this file; ``README.md`` there is its card. The first use imports it into the store.
"""

from __future__ import annotations

from pathlib import Path

NAME = "pocket"


def folder() -> Path:
    """Where the weights lie."""
    return Path(__file__).parent
