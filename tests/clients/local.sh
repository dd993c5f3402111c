#!/usr/bin/env bash
# Serves the seven services and the edge on this machine without an engine of containers, by the deployment's own deploy/huiying.toml and
# deploy/edge/haproxy.cfg with mutual TLS, where only paths, host names and ports differ; drives them with run.sh; ends them.
#   tests/clients/local.sh            PROGRAMS has huiying and private-postgres (default target/debug); HAProxy comes from apt.
# KEEP=1 keeps logs and store in /var/tmp.
set -euo pipefail
cd "$(dirname "$0")/../.."
programs=$(realpath "${PROGRAMS:-${CARGO_TARGET_DIR:-target}/debug}")
export HUIYING=$programs/huiying
PATH=$PATH:/usr/sbin
services=(directory intake assessment disposal publication accountability notification)
first=${FIRST_PORT:-27700} # the edge; then a port a service; then the edge's own

if [[ -z ${DATABASE_URL:-} ]]; then
    # Once more, with a private PostgreSQL around. Not under $HOME: as root, another user runs it.
    if ! command -v haproxy >/dev/null; then
        root=(); ((EUID == 0)) || root=(sudo)
        "${root[@]}" apt-get -qq update
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends haproxy >/dev/null
    fi
    deploy/install-postgresql.sh
    work=$(mktemp -d /var/tmp/huiying-clients.XXXXXX)
    chmod 755 "$work"
    trap '[[ -n ${KEEP:-} ]] || rm -rf "$work"' EXIT
    WORK=$work "$programs/private-postgres" run --data "$work/postgres" --set max_connections=200 -- "$0" "$@"
    exit
fi

work=${WORK:?}
"$HUIYING" secrets --out "$work/secrets" --host localhost
database=$(sed 's|^postgres://[^@]*@|postgres://huiying_{service}@|' <<<"$DATABASE_URL")
"$HUIYING" migrate --admin-url "$DATABASE_URL" --database-url "$database"

config=$work/huiying.toml edge=$work/haproxy.cfg
sed "s|/secrets/|$work/secrets/|; s|/etc/huiying/|$PWD/deploy/|g; s|^url = .*|url = \"$database\"|" deploy/huiying.toml >"$config"
sed "s|/secrets/|$work/secrets/|g; s|/etc/huiying/|$PWD/deploy/edge/|g; s|bind :8443|bind 127.0.0.1:$first|
    s|bind 127.0.0.1:8080|bind 127.0.0.1:$((first + 8))|; s|bind :8405|bind 127.0.0.1:$((first + 9))|" deploy/edge/haproxy.cfg >"$edge"
for index in "${!services[@]}"; do
    name=${services[index]} port=$((first + 1 + index))
    sed -i "s|https://$name:7700|https://localhost:$port|" "$config"
    sed -i "s|server-template $name 4 $name:7700|server-template $name 1 127.0.0.1:$port|" "$edge"
done

pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait' EXIT
for index in "${!services[@]}"; do
    name=${services[index]}
    "$HUIYING" serve "$name" --config "$config" --set "listen=127.0.0.1:$((first + 1 + index))" >"$work/$name.log" 2>&1 &
    pids+=($!)
done
haproxy -f "$edge" >"$work/edge.log" 2>&1 &
pids+=($!)
for name in "${services[@]}"; do
    for try in $(seq 100); do
        code=$(curl --silent --cacert "$work/secrets/authority/authority.pem" --output /dev/null --write-out '%{http_code}' --request POST \
            --header 'content-type: application/grpc-web+proto' "https://localhost:$first/huiying.$name.v1.Service/Ask" || true)
        [[ $code != 200 ]] || break
        ((try < 100)) || { echo "$name does not answer: $code"; tail -n 5 "$work/$name.log" "$work/edge.log"; exit 1; }
        sleep 0.3
    done
done
tests/clients/run.sh "https://localhost:$first" "$work/secrets"
