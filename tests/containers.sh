#!/usr/bin/env bash
# A county's deployment for real: builds the images, brings the shipped compose file up (only .env differs) and, act by act, calls it
# through its edge while what it calls is killed, cut off, filled up, restored, promoted and upgraded.
#   tests/containers.sh                     everything, from a bare machine (needs root)
#   tests/containers.sh --short             one service and the store killed, one cut, one pair of roles a service
#   tests/containers.sh kills restore       these acts alone
# --no-build takes images that are there; --program FILE takes this program instead of building it; --previous IMAGE is upgraded from.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

short='' built=1 program='' previous='' acts=()
while (($#)); do
    case $1 in
    --short) short=1 ;;
    --no-build) built= ;;
    --program) program=$2; shift ;;
    --previous) previous=$2; shift ;;
    *) acts+=("$1") ;;
    esac
    shift
done
if ((${#acts[@]} == 0)); then
    acts=(calls roles kills cuts)
    [[ -n $short ]] || acts+=(replicas telemetry measures disk restore standby upgrade story)
fi
work=${WORK:-/tmp/huiying-containers}
PATH=$PATH:/usr/sbin:$HOME/.cargo/bin
export DOCKER_BUILDKIT=0
mkdir -p "$work"
for part in lib engine faults store story; do . "tests/containers/$part.sh"; done
[[ -n ${KEEP:-} ]] || trap 'down; ! mountpoint -q "$work/disk" || umount "$work/disk"' EXIT

act_calls() {
    say "calls from outside, by gRPC and by gRPC-Web, nothing killed"
    loaded 5 true
}

act_roles() {
    say "no role reads another's schema, and a container sees its own secrets alone"
    local one other said
    for one in "${services[@]}"; do
        for other in "${services[@]}"; do
            [[ $one != "$other" ]] || continue
            said=$(docker run --rm --network huiying-test_store --volume "huiying-test_secrets-$one:/secrets/$one:ro" --entrypoint psql huiying-postgres \
                "postgres://huiying_$one@postgres/huiying?sslmode=verify-full&sslrootcert=/secrets/$one/authority.pem&sslcert=/secrets/$one/certificate.pem&sslkey=/secrets/$one/key.pem" \
                -Atc "SELECT count(*) FROM $other.ledger_entry" 2>&1) && fail "$one reads $other: $said"
            [[ $said == *"permission denied for schema $other"* ]] || fail "$one at $other: $said"
            [[ -z $short ]] || break
        done
        said=$(docker exec "$(id_of "$one")" sh -c 'ls /secrets/*/*.key /secrets/*/key.pem' 2>/dev/null | sort | paste -sd' ')
        [[ $said == "$(printf '%s\n' "/secrets/$one/key.pem" /secrets/shared/{checkpoint,writer}.key | sort | paste -sd' ')" ]] || fail "$one sees $said"
    done
    echo "every pair was refused"
}

act_telemetry() {
    say "telemetry: the rules hold, and every figure that they name is there"
    docker run --rm --entrypoint promtool huiying-telemetry check rules /etc/huiying/alerts.yml
    local prometheus figure
    prometheus=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(id_of telemetry)")
    for figure in $(grep -o 'huiying_[a-z_]*' deploy/observability/alerts.yml | sort -u); do
        curl --silent --fail "http://$prometheus:9090/api/v1/query?query=count($figure)" | grep -q '"value"' || fail "no $figure"
    done
}

act_measures() {
    say "measures"
    sleep 5
    docker stats --no-stream --format '{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}' | grep huiying-test | sort
    docker images --format '{{.Repository}}\t{{.Size}}' | grep -E '^(huiying|debian)' | sort
}

down
settle_env
say "bringing it up"
begun=$SECONDS
up
echo "healthy after $((SECONDS - begun)) s, at https://localhost:18443"
take_secrets
for act in "${acts[@]}"; do "act_$act"; done
say "all acts passed, $SECONDS s"
