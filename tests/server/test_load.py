"""A server in a real kernel under load, for some seconds; ``tests.benchmarks.bench_load_rest`` is the same for a minute, and measures."""

from __future__ import annotations

from ..benchmarks.bench_load_rest import load, serving


def test_many_streams_beside_many_requests_get_their_own_texts_and_no_error() -> None:
    with serving() as (kernel, url):
        found, _ = load(kernel, url, streams=64, rate=200, seconds=3.0)  # the kernel is asked for 1+1 meanwhile

    assert found["problems"] == []
    assert found["answers"] >= 64
    assert found["tags"] >= 100
