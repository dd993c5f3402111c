#!/usr/bin/env bash
# Measures in one run; the table's last line is JSON. Seconds as the first argument, 5 by default.
set -euo pipefail
cd "$(dirname "$0")/.."
deploy/install-postgresql.sh
export SQLX_OFFLINE=true
cargo build --quiet --release -p huiying -p huiying-tests
exec target/release/load "${1:-5}"
