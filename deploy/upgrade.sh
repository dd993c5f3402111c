#!/usr/bin/env bash
# Replaces every service by the image that .env names, one after the other: the new one beside the old until it is ready, so that no call
# fails. The way back is the same, with the former image in .env.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
compose() { "$here/compose.sh" "$@"; }

wait_healthy() { # CONTAINER…
    local one state begun=$SECONDS
    for one in "$@"; do
        until state=$(docker inspect --format '{{.State.Health.Status}}' "$one") && [[ $state == healthy ]]; do
            ((SECONDS - begun < 120)) || { echo "$one is $state: the old ones go on; see: deploy/compose.sh logs"; exit 1; }
            sleep 0.5
        done
    done
}

compose run --rm migrate
for service in directory intake assessment disposal publication accountability notification; do
    mapfile -t old < <(compose ps -q "$service")
    compose up --detach --no-deps --no-recreate --scale "$service=$((${#old[@]} * 2))" "$service" >/dev/null 2>&1
    mapfile -t all < <(compose ps -q "$service")
    mapfile -t new < <(printf '%s\n' "${all[@]}" | grep -vxFf <(printf '%s\n' "${old[@]}"))
    wait_healthy "${new[@]}"
    sleep 4 # Until the way in and the other services have found it.
    docker stop --time 25 "${old[@]}" >/dev/null
    docker rm "${old[@]}" >/dev/null
    echo "$service: replaced"
done
