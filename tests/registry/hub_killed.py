"""A process that makes a model of a folder on a scripted Hub, to be killed: ``python -m tests.registry.hub_killed FOLDER URL FROM QUANTIZE``."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.modelfile import Modelfile
from jupyter_ollama.registry import HubAccess, Limits, Registry
from jupyter_ollama.store import Store
from jupyter_ollama.verbs.create import create
from jupyter_ollama.verbs.places import OwnFiles

LIMITS = Limits(stall_s=10, tries=4, pause_s=0.001, range_bytes=1 << 18, ahead_bytes=1 << 20, streams=4)


def main() -> None:
    folder, url, source, quantize = sys.argv[1:]
    registry = Registry(Path(folder) / "id_ed25519", limits=LIMITS, hub=HubAccess(url))
    work = create(
        Store(Path(folder) / "models"), "m", Modelfile.parse(f"FROM {source}"), quantize=quantize or None, places=OwnFiles(Path(folder)),
        registry=registry, cancel=CancelToken(),
    )  # fmt: skip
    for _ in work:
        pass


if __name__ == "__main__":
    main()
