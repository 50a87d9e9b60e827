"""Numbers as Ollama prints them: bytes in powers of 1000, counts with a letter, times in words."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

_BYTE_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB"))
_FOREVER_YEARS = 20


def human_bytes(size_bytes: int) -> str:
    """``1.0 KB``, ``1.5 MB``, ``2 GB``, ``12 GB``: one decimal below ten of a unit unless the number is whole."""
    for unit_bytes, unit in _BYTE_UNITS:
        if size_bytes >= unit_bytes:
            number = size_bytes / unit_bytes
            whole = number >= 10 or size_bytes % unit_bytes == 0
            return f"{int(number)} {unit}" if whole else f"{number:.1f} {unit}"
    return f"{size_bytes} B"


def human_count(count: int) -> str:
    """``8B``, ``1.2B``, ``7M``, ``5.25M``, ``17K``, ``999``."""
    for unit, letter, digits in ((10**9, "B", 1), (10**6, "M", 2)):
        if count >= unit:
            return f"{count // unit}{letter}" if count % unit == 0 else f"{count / unit:.{digits}f}{letter}"
    return f"{count // 1000}K" if count >= 1000 else str(count)


def shortest(number: float) -> str:
    """``0.7``, ``2048``, ``1e+06``, ``1.048576e+06``: all digits that matter, with an exponent from a million on and below 0.0001.

    Source: verb %g of Go's fmt package.
    """
    if not math.isfinite(number):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(number, "NaN")
    exact = Decimal(repr(float(number))).normalize()
    sign, digits, _ = exact.as_tuple()
    exponent = exact.adjusted() if exact else 0
    if -4 <= exponent < 6:
        return f"{exact:f}"
    fraction = "".join(map(str, digits[1:]))
    return f"{'-' if sign else ''}{digits[0]}{'.' if fraction else ''}{fraction}e{exponent:+03d}"


def human_duration(seconds: float) -> str:
    """``Less than a second``, ``4 minutes``, ``About an hour``, ``24 hours``, ``2 days``, ``3 weeks``, ``5 months``."""
    if seconds < 1:
        return "Less than a second"
    if seconds < 60:
        return "1 second" if int(seconds) == 1 else f"{int(seconds)} seconds"
    minutes = int(seconds / 60)
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    hours = math.floor(seconds / 3600 + 0.5)
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    for limit_days, unit_days, unit in ((14, 1, "days"), (60, 7, "weeks"), (730, 30, "months")):
        if hours < 24 * limit_days:
            return f"{hours // 24 // unit_days} {unit}"
    return f"{int(seconds / 3600) // 24 // 365} years"


def short_duration(seconds: float) -> str:
    """``0s``, ``42s``, ``1m2s``, ``2h3m``, ``99h+``: what is left of something."""
    whole = int(seconds + 0.5)
    if whole >= 360_000:
        return "99h+"
    if whole >= 3600:
        return f"{whole // 3600}h{whole % 3600 // 60}m"
    return f"{whole // 60}m{whole % 60}s" if whole >= 60 else f"{whole}s"


def human_time(moment: datetime | None, zero: str = "Never", *, now: datetime | None = None) -> str:
    """How long ago or ahead: ``3 weeks ago``, ``4 minutes from now``, ``Forever`` beyond twenty years; ``zero`` for no time at all."""
    if moment is None:
        return zero
    passed_s = ((now or datetime.now(UTC)) - _aware(moment)).total_seconds()
    if int(passed_s / 3600) / 24 / 365 < -_FOREVER_YEARS:
        return "Forever"
    return f"{human_duration(-passed_s)} from now" if passed_s < 0 else f"{human_duration(passed_s)} ago"


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.astimezone()
