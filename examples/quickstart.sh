#!/usr/bin/env bash
# Installs jupyter_ollama into .venv, executes examples/01-quickstart.ipynb and says where the result is.
# The models of this run go to a temporary folder: your own ~/.ollama is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

bash examples/install.sh

models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT
export OLLAMA_MODELS=$models

echo "Executing examples/01-quickstart.ipynb"
convert=(.venv/bin/python -m nbconvert --log-level=ERROR --output-dir=build)
convert+=(--ExecutePreprocessor.extra_arguments=--log-level=ERROR) # no warning that a local kernel is not encrypted
"${convert[@]}" --execute --to notebook examples/01-quickstart.ipynb
"${convert[@]}" --to html build/01-quickstart.ipynb

echo
echo "The executed notebook: build/01-quickstart.ipynb"
echo "The same as a page:    build/01-quickstart.html"
echo "To go on from here:    .venv/bin/jupyter lab examples"
