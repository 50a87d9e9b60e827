"""``%load_ext jupyter_ollama`` against bare IPython: start to end of a process that does one and a process that does the other.

python -m tests.benchmarks.bench_load_ext [--rounds 9]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from .table import Row, pairs, print_table

_BARE = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance()"


def measure(rounds: int = 9) -> list[Row]:
    """One row; ``ratio`` is the extra time in seconds over the goal of 0.1 s, so that 1 is the limit."""
    bare, loaded = pairs(lambda: _run(_BARE), lambda: _run(f"{_BARE}; shell.run_line_magic('load_ext', 'jupyter_ollama')"), rounds)
    extra_ms = (loaded - bare) * 1000
    return [Row("%load_ext jupyter_ollama", "bare IPython + 100 ms", extra_ms / 100, "<= 1", f"{extra_ms:.0f} ms above {bare * 1000:.0f} ms")]


def _run(program: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    print_table(measure(parser.parse_args().rounds))
