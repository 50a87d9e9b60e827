#!/usr/bin/env bash
# Installs an older ipykernel into build/ipykernel6, for tests of the panel on kernels that have no subshells.
# Only itself and what newer ones no longer need: the rest is the one that is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
target=build/ipykernel6
[ -d "$target/ipykernel-6.31.0.dist-info" ] && exit 0

"${PYTHON:-.venv/bin/python}" -m pip install --quiet --disable-pip-version-check --no-deps --target "$target" ipykernel==6.31.0 nest-asyncio==1.6.0
