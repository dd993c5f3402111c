#!/usr/bin/env bash
# Calls a deployment that is up, from Python by reflection alone and from a page in a real Chromium over gRPC-Web:
#   tests/clients/run.sh https://localhost:18443 SECRETS
# SECRETS holds authority/authority.pem and issuer/issuer.key; HUIYING is the program that makes tokens (default target/debug/huiying).
# Everything generated or installed goes to target/clients; what the system lacks comes from apt (needs root or sudo).
set -euo pipefail
address=${1:?ADDRESS} secrets=$(realpath "${2:?SECRETS}")
HUIYING=$(realpath "${HUIYING:-$(dirname "$0")/../../target/debug/huiying}")
export HUIYING
cd "$(dirname "$0")/../.."
work=$PWD/target/clients
mkdir -p "$work/page"

# --- what it needs
packages=()
command -v npm >/dev/null || packages+=(nodejs npm)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
command -v chromium >/dev/null || packages+=(chromium)
command -v certutil >/dev/null || packages+=(libnss3-tools)
[[ -n $(fc-list :lang=zh 2>/dev/null) ]] || packages+=(fontconfig fonts-wqy-zenhei)
if ((${#packages[@]} > 0)); then
    root=(); ((EUID == 0)) || root=(sudo)
    "${root[@]}" apt-get -qq update
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends "${packages[@]}" >/dev/null
fi
if [[ ! -e $work/python/installed ]] || ! cmp -s tests/clients/python/requirements.txt "$work/python/installed"; then
    python3 -m venv "$work/python"
    "$work/python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --requirement tests/clients/python/requirements.txt
    cp tests/clients/python/requirements.txt "$work/python/installed"
fi
cp tests/clients/browser/* "$work/page/"
if ! cmp -s "$work/page/package.json" "$work/page/node_modules/.installed"; then
    npm install --silent --no-audit --no-fund --no-package-lock --prefix "$work/page"
    cp "$work/page/package.json" "$work/page/node_modules/.installed"
fi
PATH=$work/page/node_modules/.bin:$PATH

# --- the page: generated from the contract, type-checked, bundled
template=proto/buf.gen.typescript.yaml google=$work/page/node_modules/google-proto-files
rm -rf "$work/page/gen"
buf generate proto --template $template --output "$work/page/gen"
buf generate "$google" --template $template --output "$work/page/gen" --path "$google/google/rpc/error_details.proto"
tsc --project "$work/page"
esbuild "$work/page/page.ts" --bundle --format=esm --outfile="$work/page/page.js" --log-level=warning

# --- from Python, which leaves a statement that waits for approval; from the page, which approves it
trap 'rm -f "$work/state.json"' EXIT
printf '\n=== Python, by reflection alone\n'
"$work/python/bin/python" tests/clients/python/drive.py "${address#https://}" "$secrets" "$work/state.json"
printf '\n=== a page in Chromium, over gRPC-Web\n'
(cd "$work/page" && timeout 300 node drive.mjs "$address" "$secrets/authority/authority.pem" "$work/state.json" "$work/page.png")
printf '\nPython: passed\nBrowser: passed, its picture is target/clients/page.png\n'
