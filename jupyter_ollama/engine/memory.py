"""How much memory is left, asked before llama.cpp takes it: the system would end the process without a word, or another one."""

from __future__ import annotations

import re
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_FILE_CACHE = re.compile(r"^(?:in)?active_file (\d+)$", re.MULTILINE)


def available_bytes(meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP) -> int | None:
    """Memory that can be had without swapping, within what a container is given; None where the system does not say.

    What files take in the system's cache counts as free.
    """
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text(), re.MULTILINE)
    except OSError:
        return None
    if found is None:
        return None
    available = int(found[1]) << 10
    try:
        limit, used = (cgroup / "memory.max").read_text(), (cgroup / "memory.current").read_text()
        return min(available, max(0, int(limit) - int(used) + _file_cache(cgroup)))
    except (OSError, ValueError):  # no control group, or no limit ("max")
        return available


def _file_cache(cgroup: Path) -> int:
    try:
        return sum(int(size) for size in _FILE_CACHE.findall((cgroup / "memory.stat").read_text()))
    except OSError:
        return 0
