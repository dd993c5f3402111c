#!/usr/bin/env bash
# Measures in one run; the last line is JSON. `--short` shows that the measuring works: a debug build, no figures. One measure or
# several by name: starting, reacting, registering, importing, replaying, settling, searching, flooding, sheets.
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$PATH:$HOME/.cargo/bin
deploy/install-postgresql.sh
export SQLX_OFFLINE=true
target=${CARGO_TARGET_DIR:-target}
if [[ " $* " == *" --short "* ]]; then
    cargo test --quiet --workspace --no-run --test command --test house # builds both binaries as tests/run.sh does
    exec "$target/debug/load" "$@"
fi
cargo build --quiet --release --workspace --bins
exec "$target/release/load" "$@"
