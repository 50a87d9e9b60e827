"""A kernel lives for days: what verbs take they give back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ..quick_disk import quick_disk

CYCLES = """
import gc, json, os, sys, threading
from jupyter_ollama import Ollama

def cycle(ollama, number, source):
    text = f"FROM {source}\\nSYSTEM This is number {number}.\\nPARAMETER top_k {number + 1}"
    ollama.create("mario", text).result(60)
    ollama.create("luigi", f"FROM mario\\nLICENSE {number}").result(60)
    ollama.copy("luigi", f"copy:{number % 7}")
    assert len(ollama.list()) >= 3
    ollama.show("luigi")
    try:
        ollama.show(f"nobody{number}")
    except Exception:
        pass
    ollama.delete("luigi", f"copy:{number % 7}")
    ollama.prune()

def held():
    gc.collect()
    pages = int(open("/proc/self/statm").read().split()[1])
    return {"bytes": pages * os.sysconf("SC_PAGESIZE"), "files": len(os.listdir("/proc/self/fd")), "threads": threading.active_count(),
            "objects": len(gc.get_objects())}

root, source, warm, more = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with Ollama(root) as ollama:
    for number in range(warm):
        cycle(ollama, number, source)
    before = held()
    for number in range(warm, warm + more):
        cycle(ollama, number, source)
    print(json.dumps([before, held()]))
"""


def test_memory_files_and_threads_of_a_kernel_stay_what_they_were(tiny_gguf: Path) -> None:
    """After 40 cycles of all verbs that need no engine, 160 more (a thousand calls) take at most 4 MB, and no open file or thread.

    Measured with one arena: with one for each thread, what has been given back and not used again is counted by chance.
    """
    with quick_disk() as folder:
        source = shutil.copy(tiny_gguf, folder)
        arguments = [str(folder / "models"), source, "40", "160"]
        environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}
        done = subprocess.run([sys.executable, "-c", CYCLES, *arguments], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout)

    assert (before["files"], before["threads"]) == (after["files"], after["threads"])
    assert after["bytes"] - before["bytes"] < 4 << 20
    assert after["objects"] - before["objects"] < 2000, "Python objects that nobody let go of"
