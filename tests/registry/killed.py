"""A process that pulls, to be killed: ``python -m tests.registry.killed FOLDER NAME``. It imports little, so that it soon begins."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.registry import Limits, Registry
from jupyter_ollama.store import Store
from jupyter_ollama.verbs.pull import pull

LIMITS = Limits(
    stall_s=10, tries=4, pause_s=0.001, min_part_bytes=1_000_000, max_part_bytes=1_000_000, streams=4, ramp_s=0, note_every_bytes=16_384
)


def main() -> None:
    folder = Path(sys.argv[1])
    sys.stdout.write("go\n")
    sys.stdout.flush()
    for _ in pull(Store(folder / "models"), Registry(folder / "id_ed25519", limits=LIMITS), sys.argv[2], insecure=True, cancel=CancelToken()):
        pass


if __name__ == "__main__":
    main()
