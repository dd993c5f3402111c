#!/usr/bin/env bash
# Measures in one run; the last line is JSON. `--short` shows that the measuring works: a debug build, no figures. One measure or
# several by name: starting, reacting, registering, importing.
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$PATH:$HOME/.cargo/bin
deploy/install-postgresql.sh
export SQLX_OFFLINE=true
profile=release
[[ " $* " != *" --short "* ]] || profile=dev
cargo build --quiet --workspace --bins --profile $profile
target=${CARGO_TARGET_DIR:-target}
[[ $profile == dev ]] && exec "$target/debug/load" "$@"
exec "$target/release/load" "$@"
