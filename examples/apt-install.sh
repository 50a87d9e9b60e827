#!/usr/bin/env bash
# Installs Debian or Ubuntu packages as root or through sudo; where neither works, says which command to run.
# Usage: bash examples/apt-install.sh PACKAGE...
set -euo pipefail

if ! command -v apt-get >/dev/null; then
  echo "Please install these with your system's package manager, then run this again: $*" >&2
  exit 1
elif [ "$(id -u)" = 0 ]; then
  root=()
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
  root=(sudo)
else
  echo "Please run this as root, then try again:  apt-get install $*" >&2
  exit 1
fi

echo "Installing system packages: $*"
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@"
