#!/usr/bin/env bash
# packages.sh NAME...: installs the Debian packages that are missing, as root or by sudo; otherwise names them.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian. Please see to it that you have what these packages hold: $*" >&2
    exit 0
fi

missing=()
for name in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if [[ $EUID -eq 0 ]]; then
    as_root=()
elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo --non-interactive true 2>/dev/null; }; then
    as_root=(sudo)
else
    printf 'Missing system packages. Please install them as root, then try again:\n\n  apt-get update && apt-get install -y --no-install-recommends %s\n\n' "${missing[*]}" >&2
    exit 1
fi

echo "Installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet -o DPkg::Lock::Timeout=300)
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
