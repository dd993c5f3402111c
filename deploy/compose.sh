#!/usr/bin/env bash
# Compose for this deployment, v2 or 1.29, whichever is here: `deploy/compose.sh up --detach`. ENV_FILE names another .env, PROJECT another
# name; STANDBY=1 adds the copy of the store, EXTRA another file.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command=(docker compose)
docker compose version >/dev/null 2>&1 || command=(docker-compose)
exec "${command[@]}" --project-name "${PROJECT:-huiying}" --file "$here/compose.yaml" ${STANDBY:+--file "$here/compose.standby.yaml"} ${EXTRA:+--file "$EXTRA"} \
    --env-file "${ENV_FILE:-$here/.env}" "$@"
