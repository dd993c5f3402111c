#!/usr/bin/env bash
# Passes every test, from nothing: installs what is missing, builds, starts a private PostgreSQL, runs the tests, stops it.
#   tests/run.sh                      everything
#   tests/run.sh -p intake a_report   arguments go to `cargo nextest run` (to `cargo test` where nextest is missing)
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$PATH:$HOME/.cargo/bin
deploy/install-postgresql.sh
export SQLX_OFFLINE=true

scope=(--workspace)
for argument in "$@"; do
    [[ $argument == -p* || $argument == --package* ]] && scope=()
done
runner=(nextest run)
cargo nextest --version >/dev/null 2>&1 || runner=(test)
# A test waits for a third of its time.
export NEXTEST_TEST_THREADS=${NEXTEST_TEST_THREADS:-$((($(nproc) * 3 + 1) / 2))}

# Built as a part of the tests, whose features it then shares: built alone, half of the dependencies would be compiled twice.
cargo test --quiet --workspace --no-run --test chassis --test command # and huiying itself, which the process tests start

data=$(mktemp -d /var/tmp/huiying-test.XXXXXX) # not under $HOME: as root, another user runs PostgreSQL
trap 'rm -rf "$data"' EXIT
# A thousand databases that live for a second each: looking after them costs more than the tests.
careless=(--set autovacuum=off --set bgwriter_lru_maxpages=0)
"${CARGO_TARGET_DIR:-target}/debug/private-postgres" run --data "$data" "${careless[@]}" -- cargo "${runner[@]}" "${scope[@]}" "$@"
