"""Times as Go writes them in JSON: RFC 3339, fractions without zeros at their end."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_FAR = timedelta(days=292 * 365)
"""Where Ollama says that a model which stays for ever is unloaded: the longest span Go can hold."""


def now() -> str:
    """This moment in UTC, to the nanosecond."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{moment}{_fraction(f'{nanoseconds:09d}')}Z"


def rfc3339(moment: datetime) -> str:
    """A moment in its own time zone; without one it is in the zone of this machine."""
    aware = moment if moment.tzinfo else moment.astimezone()
    offset = aware.utcoffset() or timedelta()
    zone = "Z" if not offset else aware.strftime("%z")[:3] + ":" + aware.strftime("%z")[3:5]
    return f"{aware:%Y-%m-%dT%H:%M:%S}{_fraction(f'{aware.microsecond:06d}')}{zone}"


def never() -> str:
    """What ``expires_at`` says of a model that stays for ever."""
    return rfc3339(datetime.now(UTC) + _FAR)


def _fraction(digits: str) -> str:
    kept = digits.rstrip("0")
    return f".{kept}" if kept else ""
