#!/usr/bin/env bash
# Installs jupyter_ollama into .venv, executes examples/01-quickstart.ipynb and says where the result is.
# The models of this run go to a temporary folder: your own ~/.ollama is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

bash examples/install.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export OLLAMA_MODELS=$scratch/models JUPYTER_RUNTIME_DIR=$scratch/runtime

echo "Executing examples/01-quickstart.ipynb"
convert=(.venv/bin/python -m nbconvert --log-level=ERROR --output-dir=build)
convert+=(--KernelManager.transport=ipc) # a kernel on TCP begins with a warning that means nothing here
"${convert[@]}" --execute --to notebook examples/01-quickstart.ipynb
"${convert[@]}" --to html build/01-quickstart.ipynb

echo
echo "The executed notebook: build/01-quickstart.ipynb"
echo "The same as a page:    build/01-quickstart.html"
echo "To go on from here:    .venv/bin/jupyter lab examples"
