"""Times as Go writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from jupyter_ollama.wire.instants import never, now, rfc3339


def test_a_moment_keeps_its_zone_and_no_zeros_at_the_end() -> None:
    west = timezone(timedelta(hours=-7, minutes=-30))

    assert rfc3339(datetime(2024, 6, 4, 14, 38, 31, 837530, west)) == "2024-06-04T14:38:31.83753-07:30"
    assert rfc3339(datetime(2024, 6, 4, 14, 38, 31, tzinfo=UTC)) == "2024-06-04T14:38:31Z"


def test_now_is_utc_with_at_most_nine_digits() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", now())
    assert int(never()[:4]) - int(now()[:4]) in (291, 292)
