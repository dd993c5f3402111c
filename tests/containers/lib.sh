# What the acts of tests/containers.sh share.
say() { printf '\n=== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*"; exit 1; }
compose() { PROJECT=huiying-test ENV_FILE=$work/.env "$root/deploy/compose.sh" "$@"; }
services=(directory intake assessment disposal publication accountability notification)

# Asked of the engine: compose takes seconds to say it.
ids_of() { docker ps --all --quiet --no-trunc --filter label=com.docker.compose.project=huiying-test --filter label=com.docker.compose.oneoff=False --filter "label=com.docker.compose.service=$1"; }
id_of() { ids_of "$1" | head -1; }
state() { docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$(id_of "$1")" 2>/dev/null || echo none; }
healthy() { # [CONTAINER…]: seconds until they are healthy; all that serve, when none is named
    local begun=$SECONDS one all=("$@")
    (($#)) || all=(postgres "${services[@]}" edge)
    for one in "${all[@]}"; do
        until [[ $(state "$one") == healthy ]]; do
            ((SECONDS - begun < 180)) || { echo "$one is $(state "$one")"; compose ps; compose logs --tail 10 "$one"; return 1; }
            sleep 0.5
        done
    done
    echo $((SECONDS - begun))
}
kill_hard() { kill -9 "$(docker inspect --format '{{.State.Pid}}' "$1")"; }

# The shipped .env, with what the test sets: `settle_env NAME=VALUE…`.
settle_env() {
    cp "$root/deploy/.env.example" "$work/.env"
    local pair
    for pair in EDGE_PORT=18443 "$@"; do sed -i "s|^${pair%%=*}=.*|$pair|" "$work/.env"; done
}
down() { # all of it; a network that the engine holds on to does no harm, data of before would
    STANDBY=1 compose down --volumes --timeout 5 >"$work/down.log" 2>&1 && return
    local left
    left=$(docker volume ls --quiet --filter name=^huiying-test_)
    [[ -z $left ]] || docker volume rm --force $left >>"$work/down.log" || { cat "$work/down.log"; return 1; }
}
up() { # what compose needs besides
    compose up --detach "$@" $([[ -n $wide ]] || echo edge) >"$work/up.log" 2>&1 || { tail -20 "$work/up.log"; return 1; }
    healthy >/dev/null
}
take_secrets() {
    rm -rf "$work/secrets" && mkdir -p "$work/secrets"
    compose run --rm --no-deps -T --entrypoint tar secrets -C /secrets -c . 2>/dev/null | tar -C "$work/secrets" -x
}
drive() { "${CARGO_TARGET_DIR:-$root/target}/debug/containers" "$1" https://localhost:18443 "$work/secrets" "${@:2}"; }
figure() { tail -1 "$work/load.json" | sed 's/.*"'"$1"'":\([0-9.]*\).*/\1/'; }
loaded() { # SECONDS COMMAND…: a command under load, which takes so long at the most, and what the load says of it
    local most=$1 load # not a name that the command uses
    shift
    rm -f "$work/acknowledged.enough"
    drive load "$most" "$work/acknowledged" >"$work/load.json" 2>&1 & load=$!
    sleep 3
    "$@"
    touch "$work/acknowledged.enough"
    wait $load || { cat "$work/load.json"; exit 1; }
    tail -1 "$work/load.json"
}
address_of_container() { docker inspect --format '{{(index .NetworkSettings.Networks "huiying-test_house").IPAddress}}' "$1"; }
address_of() { address_of_container "$(id_of "$1")"; }
page_of() { # SERVICE: its health page, read as the operator
    local own=$work/secrets/operator
    curl --silent --max-time 5 --cacert "$own/authority.pem" --cert "$own/certificate.pem" --key "$own/key.pem" --resolve "$1:7700:$(address_of "$1")" "https://$1:7700/healthz"
}
