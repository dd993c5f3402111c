#!/usr/bin/env bash
# A county's deployment for real: builds the images, brings the shipped compose file up (only .env differs), calls it through its edge
# under load and kills what it calls. `--no-build` takes images that are there; `--short` kills one service and the store, and tries one
# pair of roles a service.
# It installs an engine and starts it when none runs, and makes base images with debootstrap where none can be pulled. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."

short= built=
[[ " $* " != *" --short "* ]] || short=1
[[ " $* " != *" --no-build "* ]] || built=1
work=${WORK:-/tmp/huiying-containers}
PATH=$PATH:/usr/sbin:$HOME/.cargo/bin
export DOCKER_BUILDKIT=0
mkdir -p "$work"
say() { printf '\n=== %s\n' "$*"; }

# --- an engine
if ! docker info >/dev/null 2>&1; then
    if ! command -v dockerd >/dev/null || ! command -v docker-compose >/dev/null || ! command -v debootstrap >/dev/null; then
        say "installing the engine"
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends docker.io docker-compose debootstrap iptables >/dev/null
    fi
    say "starting the engine"
    setsid dockerd >"$work/dockerd.log" 2>&1 &
    for _ in $(seq 60); do docker info >/dev/null 2>&1 && break; sleep 1; done
    docker info >/dev/null || { tail "$work/dockerd.log"; exit 1; }
fi

# --- base images: those that the Dockerfile names, or, where they cannot be pulled, the like of them from Debian's packages
base=debian:bookworm-slim build=rust:1.95-bookworm
here() { docker image inspect "$1" >/dev/null 2>&1; }
if ! here "$base" && ! timeout 60 docker pull -q "$base" 2>/dev/null; then
    say "making $base with debootstrap"
    rm -rf "$work/base"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" >/dev/null
    tar -C "$work/base" -c . | docker import - "$base" >/dev/null
fi
if ! here "$build" && ! timeout 60 docker pull -q "$build" 2>/dev/null; then
    say "making $build from $base and this machine's toolchain"
    rm -rf "$work/build" && mkdir -p "$work/build"
    cp -a "$(rustc --print sysroot)" "$work/build/rust" && rm -rf "$work/build/rust/share"
    cp -L /etc/ssl/certs/ca-certificates.crt "$work/build/"
    cat >"$work/build/Dockerfile" <<END
FROM $base
RUN apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends gcc g++ libc6-dev make cmake pkg-config binutils >/dev/null
COPY rust /usr/local
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
END
    docker build -q --tag "$build" "$work/build" >/dev/null
fi

# --- the images, and the deployment as it is shipped
say "building the images"
targets=
for target in postgres edge telemetry huiying; do
    name=huiying-$target; [[ $target != huiying ]] || name=huiying
    { [[ -n $built ]] && here "$name"; } || targets+=" $target"
done
[[ -z $targets ]] || TARGETS=$targets deploy/images.sh >"$work/images.log" 2>&1 || { tail -20 "$work/images.log"; exit 1; }
cargo build --quiet --package huiying-tests --bin containers

sed 's/^EDGE_PORT=.*/EDGE_PORT=18443/' deploy/.env.example >"$work/.env"
compose() { docker-compose --project-name huiying-test --file deploy/compose.yaml --env-file "$work/.env" "$@"; }
[[ -n ${KEEP:-} ]] || trap 'compose down --volumes --timeout 5 >/dev/null 2>&1 || true' EXIT
compose down --volumes --timeout 5 >/dev/null 2>&1 || true

state() { docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "huiying-test_$1_1" 2>/dev/null || echo none; }
services=(directory intake assessment disposal publication accountability notification)
healthy() { # seconds until all that serve are healthy
    local begun=$SECONDS one
    for one in postgres "${services[@]}" edge; do
        until [[ $(state "$one") == healthy ]]; do
            ((SECONDS - begun < 120)) || { echo "$one is $(state "$one")"; compose ps; compose logs --tail 10 "$one"; return 1; }
            sleep 0.5
        done
    done
    echo $((SECONDS - begun))
}

say "bringing it up"
begun=$SECONDS
compose up --detach 2>&1 | tail -3
healthy >/dev/null
echo "healthy after $((SECONDS - begun)) s, at https://localhost:18443"

secrets=$work/secrets
rm -rf "$secrets" && mkdir -p "$secrets"
docker run --rm --volume huiying-test_secrets:/secrets --user 0 --entrypoint tar "$base" -C /secrets -c . | tar -C "$secrets" -x
drive() { "${CARGO_TARGET_DIR:-target}/debug/containers" https://localhost:18443 "$secrets" "$1"; }
loaded() { # SECONDS COMMAND…: a command under load, and what the load says of it
    local seconds=$1; shift
    drive "$seconds" >"$work/load.json" & local load=$!
    sleep 3
    "$@"
    wait $load || { cat "$work/load.json"; exit 1; }
    tail -1 "$work/load.json"
}

say "calls from outside, by gRPC and by gRPC-Web, nothing killed"
drive 5

say "no role reads another's schema"
for one in "${services[@]}"; do
    for other in "${services[@]}"; do
        [[ $one != "$other" ]] || continue
        said=$(docker run --rm --network huiying-test_store --volume huiying-test_secrets:/secrets:ro --entrypoint psql huiying-postgres \
            "postgres://huiying_$one@postgres/huiying?sslmode=verify-full&sslrootcert=/secrets/$one/authority.pem&sslcert=/secrets/$one/certificate.pem&sslkey=/secrets/$one/key.pem" \
            -Atc "SELECT count(*) FROM $other.ledger_entry" 2>&1) && { echo "$one reads $other: $said"; exit 1; }
        [[ $said == *"permission denied for schema $other"* ]] || { echo "$one at $other: $said"; exit 1; }
        [[ -z $short ]] || break
    done
done
echo "every pair was refused"

say "a kill -9 of each under load: what was acknowledged is there, once"
victims=(postgres "${services[@]}" edge)
[[ -z $short ]] || victims=(intake postgres)
kill_each() {
    local victim
    for victim in "${victims[@]}"; do
        kill -9 "$(docker inspect --format '{{.State.Pid}}' "huiying-test_${victim}_1")"
        printf '%-16s healthy again after ' "$victim"
        sleep 1
        printf '%s s\n' "$(healthy)"
        sleep 4
    done
}
loaded $((${#victims[@]} * 12 + 5)) kill_each

# Today a call to what is cut off ends by the client's own deadline of 5 s; it should be refused sooner.
say "intake cut from the store, then from its peers, 20 s each, under load: no call outlives its deadline, nothing is lost"
cut() {
    local network
    for network in store house; do
        docker network disconnect "huiying-test_$network" huiying-test_intake_1
        sleep 20
        docker network connect --alias intake "huiying-test_$network" huiying-test_intake_1
        printf '%-16s healthy again after %s s\n' "$network" "$(healthy)"
        sleep 3
    done
}
loaded 70 cut
longest=$(tail -1 "$work/load.json" | sed 's/.*"longest_try_ms":\([0-9]*\).*/\1/')
((longest < 6000)) || { echo "a call hung for $longest ms"; exit 1; }

say "two of every service, one of each killed in turn under load"
scale=(); for one in "${services[@]}"; do scale+=(--scale "$one=2"); done
compose up --detach --no-recreate "${scale[@]}" 2>&1 | tail -1
sleep 8
kill_one_of_two() {
    local victim
    for victim in "${services[@]}"; do
        kill -9 "$(docker inspect --format '{{.State.Pid}}' "huiying-test_${victim}_2")"
        sleep 4
    done
}
loaded 45 kill_one_of_two
compose up --detach 2>&1 | tail -1

say "telemetry: the rules hold, and every figure that they name is there"
docker run --rm --entrypoint promtool huiying-telemetry check rules /etc/huiying/alerts.yml
prometheus=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' huiying-test_telemetry_1)
for figure in $(grep -o 'huiying_[a-z_]*' deploy/observability/alerts.yml | sort -u); do
    curl --silent --fail "http://$prometheus:9090/api/v1/query?query=count($figure)" | grep -q '"value"' || { echo "no $figure"; exit 1; }
done

say "measures"
sleep 5
docker stats --no-stream --format '{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}' | sort
docker images --format '{{.Repository}}\t{{.Size}}' | grep '^huiying' | sort
