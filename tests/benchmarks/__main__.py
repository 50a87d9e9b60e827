"""All benchmarks in one table. Ratios only: the reference of each row is measured in the same run.

python -m tests.benchmarks [--quick] [--tools FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import (
    bench_attention,
    bench_build,
    bench_bundles,
    bench_chat,
    bench_draft,
    bench_embed,
    bench_format,
    bench_hub,
    bench_import,
    bench_layers,
    bench_list,
    bench_load_ext,
    bench_load_rest,
    bench_lookup,
    bench_map,
    bench_panel,
    bench_panel_chat,
    bench_panel_feed,
    bench_prompt,
    bench_pull,
    bench_quantize,
    bench_reply,
    bench_rest,
    bench_sharing,
    bench_snapshots,
    bench_streams,
    bench_templates,
    bench_upkeep,
)
from .table import print_table


def main() -> None:
    """Measure everything, a few minutes on a quiet machine; ``--quick`` takes smaller files and fewer rounds.

    ``--tools`` is a folder with llama-bench and llama-batched-bench, which are measured against if it is given.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tools", type=Path)
    given = parser.parse_args()
    quick = given.quick
    rows = bench_bundles.measure()
    rows += bench_load_ext.measure(rounds=3 if quick else 9)
    rows += bench_attention.measure("20m" if quick else "100m", rounds=1 if quick else 3)
    rows += bench_import.measure(megabytes=100 if quick else 1000, rounds=1 if quick else 3)
    rows += bench_embed.measure(texts=200 if quick else 1000, rounds=1 if quick else 3)
    rows += bench_layers.measure(rounds=3 if quick else 9)
    rows += bench_list.measure(rounds=3 if quick else 9)
    rows += bench_lookup.measure(rounds=1 if quick else 5)
    rows += bench_map.measure(rows=200 if quick else 2000, rounds=1 if quick else 3)
    rows += bench_panel_feed.measure(rounds=1 if quick else 5)
    rows += bench_draft.measure(rounds=1 if quick else 5)
    rows += bench_chat.measure(rounds=3 if quick else 7, threads=1)
    rows += bench_chat.measure_synthetic(rounds=1 if quick else 5)
    rows += bench_build.measure(megabytes=60 if quick else 400, types=("q8_0", "q4_0", "q4_K_M"), rounds=1 if quick else 3)
    rows += bench_quantize.measure(megabytes=60 if quick else 400, rounds=1 if quick else 3)
    rows += bench_format.measure(rounds=3 if quick else 9)
    rows += bench_prompt.measure(rounds=3 if quick else 9)
    rows += bench_hub.measure(megabytes=60 if quick else 400, rounds=1 if quick else 3)
    rows += bench_panel.measure(rounds=1 if quick else 5)
    rows += bench_panel_chat.measure(seconds=10 if quick else 60)
    rows += bench_pull.measure(megabytes=100 if quick else 1000, rounds=1 if quick else 3)
    rows += bench_reply.measure(rounds=1 if quick else 3)
    rows += bench_sharing.measure(rounds=3 if quick else 9, quick=quick)
    rows += bench_snapshots.measure(rounds=1 if quick else 3)
    if given.tools is not None:
        rows += bench_streams.measure(given.tools, "20m" if quick else "100m", rounds=1 if quick else 5)
    rows += bench_templates.measure(rounds=20 if quick else 60)
    rows += bench_upkeep.measure(layers=2 if quick else 8, rounds=1 if quick else 3)
    rows += bench_rest.measure(rounds=1 if quick else 7, megabytes=100 if quick else 1000, threads=1)
    rows += bench_load_rest.measure(seconds=5 if quick else 60)
    print_table(rows)


if __name__ == "__main__":
    main()
