"""The browser tests many times, one run after the other, and which of them did not pass every time.

python -m tests.browser.repeat [--times 20] [PYTEST ARGUMENTS]

Ends non-zero when more than one run had a failure. What a failed run said is kept beside the table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parent
ALLOWED = 1


def run_once(log: Path, arguments: list[str]) -> list[str]:
    """Run all tests once; the names of those that failed. A run that could not begin or end is one, too."""
    report = log.with_suffix(".xml")
    command = [sys.executable, "-P", "-m", "pytest", "-q", f"--junitxml={report}", *(arguments or [str(FOLDER)])]
    with log.open("wb") as output:
        ended = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd=FOLDER.parents[1], check=False)
    if not report.exists():
        return ["no report"]
    cases = ET.parse(report).iter("testcase")
    failed = [f"{case.get('classname')}::{case.get('name')}" for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return failed or ([f"pytest ended with {ended.returncode}"] if ended.returncode else [])


def main() -> int:
    """Run, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    given, arguments = parser.parse_known_args()
    folder = Path(tempfile.mkdtemp(prefix="repeated"))
    flakes: Counter[str] = Counter()
    bad = 0
    for number in range(1, given.times + 1):
        begun = time.monotonic()
        failed = run_once(folder / f"run{number}.log", arguments)
        flakes.update(failed)
        bad += bool(failed)
        print(f"run {number:2} of {given.times}: {time.monotonic() - begun:4.0f} s   {', '.join(failed) or 'passed'}", flush=True)
    print(f"{bad} of {given.times} runs had a failure; at most {ALLOWED} may. Logs: {folder}")
    for name, times in flakes.most_common():
        print(f"{times:3} x {name}")
    return int(bad > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
