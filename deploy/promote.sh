#!/usr/bin/env bash
# The store's machine is dead: its copy becomes the store. The old one is stopped first and must never come back as it is; give it an
# empty volume, and it follows the new one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
compose() { STANDBY=1 "$here/compose.sh" "$@"; }

old=$(compose ps -q postgres) standby=$(compose ps -q standby)
docker update --restart no "$old" >/dev/null
docker kill "$old" >/dev/null 2>&1 || true
docker exec "$standby" pg_ctl --pgdata=/data/postgres promote
# From now on it is found under the store's name.
network=$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}' "$standby")
docker network disconnect "$network" "$standby"
docker network connect --alias postgres --alias standby "$network" "$standby"
echo "promoted"
