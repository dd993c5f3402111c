#!/usr/bin/env bash
# For the author of a service: makes its schema anew in the development database and refreshes its checked queries (.sqlx).
#   tests/prepare.sh [service…]       all services when none is named
#       --schema-only                 the schema, not the queries
#       --check                       changes no .sqlx; says which are stale and fails
#       --build                       with it: by compiling what tests/run.sh runs, so that one compilation does for both
# The database is a private cluster in .run/dev, started when it doesn't run; stop it with
# `target/debug/private-postgres stop --data .run/dev`. Several people may run this at once, each for other services.
set -euo pipefail
cd "$(dirname "$0")/.."

services=() mode=refresh compile=(check)
for argument in "$@"; do
    case $argument in
        --schema-only) mode=schema ;;
        --check) mode=check ;;
        --build) compile=(test --no-run) ;;
        -*) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
        *) [[ -f services/$argument/sqlx.toml ]] || { echo "no service with a schema: $argument" >&2; exit 2; }
           services+=("$argument") ;;
    esac
done
scope=() # the packages to compile
for service in "${services[@]}"; do scope+=(-p "$service"); done
if ((${#services[@]} == 0)); then
    services=(directory intake assessment disposal publication accountability notification)
    scope=(--workspace)
fi

# Stands in for rustc: has each service's queries written into its own folder, and lints where a linter is named.
mkdir -p .run
cat >.run/rustc.$$ <<'RUSTC'
#!/bin/sh
if [ -n "$QUERIES" ] && [ -e "$CARGO_MANIFEST_DIR/sqlx.toml" ]; then
    export SQLX_OFFLINE_DIR="$QUERIES/$CARGO_PKG_NAME"
    mkdir -p "$SQLX_OFFLINE_DIR"
fi
exec ${LINTER:+"$LINTER"} "$@"
RUSTC
chmod +x .run/rustc.$$ && mv .run/rustc.$$ .run/rustc
[[ ${compile[0]} != test ]] || export RUSTC_WORKSPACE_WRAPPER=$PWD/.run/rustc

# --- the database
PATH=$PATH:$HOME/.cargo/bin
deploy/install-postgresql.sh
target=${CARGO_TARGET_DIR:-target}
if [[ ! -x $target/debug/private-postgres ]]; then
    SQLX_OFFLINE=true cargo test --quiet --workspace --no-run --test chassis # as tests/run.sh builds it
fi
data=$PWD/.run/dev
if ((EUID == 0)) && ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$PWD/.run" 2>/dev/null; then
    data=/var/tmp/huiying-dev-$(pwd | cksum | cut -d' ' -f1) # root's own folder: another user runs PostgreSQL
fi
queries=$(mktemp -d "$PWD/.run/queries.XXXXXX") passing=
leave() {
    rm -rf "$queries"
    [[ -z $passing ]] || { "$target/debug/private-postgres" stop --data "$data" && rm -rf "$data"; }
}
trap leave EXIT
exec 9>.run/lock
flock 9
if [[ $mode == check && ! -e $data/cluster/postmaster.pid ]]; then
    data=$(mktemp -d /var/tmp/huiying-check.XXXXXX) passing=yes # a check leaves the machine as it was
fi
DATABASE_URL=$("$target/debug/private-postgres" start --data "$data" 9>&-)
export DATABASE_URL

# --- the schemas
psql=$(command -v psql || find /usr/lib/postgresql/*/bin/psql | sort -V | tail -1)
for service in "${services[@]}"; do
    files=()
    for file in services/chassis/migrations/*.sql services/"$service"/migrations/*.sql; do
        [[ -e $file ]] && files+=(-f "$file")
    done
    PGOPTIONS='-c client_min_messages=warning' "$psql" "$DATABASE_URL" -Xq1 -v ON_ERROR_STOP=1 \
        -c "DROP SCHEMA IF EXISTS $service CASCADE" -c "CREATE SCHEMA $service" -c "SET search_path TO $service" "${files[@]}" >/dev/null
done
flock -u 9
[[ $mode == schema ]] && exit

# --- the checked queries: each crate writes into a folder of its own, which replaces .sqlx when all have compiled
for service in "${services[@]}"; do
    mkdir "$queries/$service"
    touch "services/$service/src/lib.rs"
done
export QUERIES=$queries SQLX_OFFLINE=false RUSTC_WORKSPACE_WRAPPER=$PWD/.run/rustc
cargo "${compile[@]}" --quiet --all-targets "${scope[@]}"

stale=()
for service in "${services[@]}"; do
    old=services/$service/.sqlx new=$queries/$service
    mkdir -p "$old"
    if [[ $mode == check ]]; then
        diff -rq "$old" "$new" >&2 || stale+=("$service")
    else
        rm -rf "$old" && cp -r "$new" "$old"
    fi
    rmdir --ignore-fail-on-non-empty "$old"
done
if ((${#stale[@]} > 0)); then
    echo "stale .sqlx: ${stale[*]} — run tests/prepare.sh ${stale[*]} and commit" >&2
    exit 1
fi
