#!/usr/bin/env bash
# A county office for a week, on real letters: installs what is missing, builds, and plays the whole main job.
#   deploy/demo.sh [--letters FILE] [--keep]        (arguments go to `huiying demo`)
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$PATH:$HOME/.cargo/bin
deploy/install-postgresql.sh
export SQLX_OFFLINE=true
echo "正在构建(首次约需数分钟)……" >&2
cargo build --quiet --package huiying
exec cargo run --quiet --package huiying -- demo "$@"
