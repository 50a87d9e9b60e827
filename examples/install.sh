#!/usr/bin/env bash
# Makes the environment .venv and installs this checkout into it. Run it again after a change: what is there is kept.
# Usage: bash examples/install.sh [EXTRAS]     for example: bash examples/install.sh dev
#        PYTHON=python3.13 bash examples/install.sh     to choose the Python
set -euo pipefail
cd "$(dirname "$0")/.."
extras=${1:-}

find_python() {
  local name
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "Python 3.11 or later is needed. Install it, or name it: PYTHON=/path/to/python3 bash $0" >&2
  return 1
}

# A Debian without python3-venv can run `-m venv` but puts no pip into what it makes.
make_environment() {
  local python
  python=$(find_python)
  "$python" -c 'import ensurepip, venv' 2>/dev/null || bash examples/apt-install.sh "$(basename "$python")-venv"
  echo "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
}

# llama.cpp's larger files take about 1.5 GB each to compile.
compile_jobs() {
  local by_memory
  by_memory=$(awk '/^MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo 2>/dev/null || echo 1)
  echo $((by_memory < 1 ? 1 : by_memory < $(nproc) ? by_memory : $(nproc)))
}

.venv/bin/python -m pip --version >/dev/null 2>&1 || make_environment

if ! .venv/bin/python -c 'import llama_cpp' 2>/dev/null; then
  if ! command -v cc >/dev/null || ! command -v c++ >/dev/null; then
    echo "A C and a C++ compiler are needed to build llama.cpp. On Debian and Ubuntu: apt-get install build-essential" >&2
    exit 1
  fi
  echo "llama.cpp is compiled once for this machine, which takes some minutes; pip is silent meanwhile."
fi

echo "Installing jupyter_ollama${extras:+ with what '$extras' needs}"
CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(compile_jobs)} \
  .venv/bin/python -m pip install --quiet --disable-pip-version-check ".${extras:+[$extras]}"
