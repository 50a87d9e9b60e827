"""How patient transfers are, and in what pieces they go: as Ollama does it, unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a transfer waits for, how often it tries, how it is cut into parts.

    ``answer_s`` is how long a small answer may take, ``commit_s`` that to a finished upload, which a registry may hash first;
    ``stall_s`` is how long nothing may come of a blob, ``upload_s`` how long nothing may be taken of one, or a part may go unanswered.

    ``tries`` are in a row without anything arriving; ``stalls`` likewise, and they come without a pause. A download begins with one
    stream; as long as all of them together stay below ``fast_bytes_per_s``, their number doubles every ``ramp_s``.

    What is used while it arrives comes in ranges of ``range_bytes``, at most ``ahead_bytes`` of them ahead of their use.

    Units: seconds, bytes, bytes a second.
    """

    connect_s: float = 15.0
    answer_s: float = 30.0
    commit_s: float = 600.0
    upload_s: float = 120.0
    stall_s: float = 30.0
    tries: int = 6
    stalls: int = 20
    pause_s: float = 1.0
    longest_pause_s: float = 32.0
    longest_wish_s: float = 60.0
    redirects: int = 10
    parts: int = 16
    min_part_bytes: int = 100_000_000
    max_part_bytes: int = 1_000_000_000
    streams: int = 16
    ramp_s: float = 0.25
    fast_bytes_per_s: float = 150e6
    note_every_bytes: int = 1 << 20
    range_bytes: int = 8 << 20
    ahead_bytes: int = 256 << 20

    def part_bytes(self, size: int) -> int:
        """How long the parts of a blob are; its last one may be shorter."""
        return max(1, min(max(size // self.parts, self.min_part_bytes), self.max_part_bytes))

    def pause_after(self, failures: int, wished_s: float = 0.0) -> float:
        """Seconds to wait after so many failures in a row (from 1), or longer if the registry wishes it, within bounds."""
        return max(min(self.pause_s * 2.0 ** (failures - 1), self.longest_pause_s), min(wished_s, self.longest_wish_s))
