#!/usr/bin/env bash
# Installs what is older than what is tested otherwise, and has to work as well: an ipykernel that has no subshells into build/ipykernel6,
# and the oldest JupyterLab that the panel supports into build/jupyterlab44.
# Only themselves and what newer ones no longer need: the rest is the one that is tested.
set -euo pipefail
cd "$(dirname "$0")/.."

older() { # folder, its mark, packages
  [ -d "build/$1/$2" ] && return
  "${PYTHON:-.venv/bin/python}" -m pip install --quiet --disable-pip-version-check --no-deps --target "build/$1" "${@:3}"
}

older ipykernel6 ipykernel-6.31.0.dist-info ipykernel==6.31.0 nest-asyncio==1.6.0
older jupyterlab44 jupyterlab-4.4.10.dist-info jupyterlab==4.4.10
