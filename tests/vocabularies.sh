#!/usr/bin/env bash
# Brings what lies beside llama.cpp's sources into build/vocabularies: real vocabularies, with texts and the ids they give, and in templates/
# the chat templates of well-known models.
# They are other people's files: the tests read them, the repository does not hold them.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(.venv/bin/python -c 'import llama_cpp; print(llama_cpp.__version__)')
target=build/vocabularies/$version
[ -d "$target/templates" ] && exit 0

mkdir -p build/vocabularies
download=$(mktemp -d -p build/vocabularies)
trap 'rm -rf "$download"' EXIT
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-python -d "$download" "llama-cpp-python==$version"
mkdir "$download/models"
tar -xzf "$download"/llama_cpp_python-*.tar.gz -C "$download/models" --strip-components=4 --wildcards \
  '*/vendor/llama.cpp/models/ggml-vocab-*' '*/vendor/llama.cpp/models/templates/*.jinja'
rm -rf "$target"
mv "$download/models" "$target"
