#!/usr/bin/env bash
# A county's deployment for real: builds the images, brings the shipped compose file up (only .env differs) and, act by act, calls it
# through its edge while what it calls is killed, cut off, filled up, restored, promoted and upgraded.
#   tests/containers.sh                     everything, from a bare machine (needs root)
#   tests/containers.sh --short             one service and the store killed, one pair of roles a service; 77 where no engine can run
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
    -*) sed -n "2,/^set/s/^# \{0,1\}//p" "$root/tests/containers.sh"; exit 2 ;;
    *) acts+=("$1") ;;
    esac
    shift
done
if ((${#acts[@]} == 0)); then
    acts=(calls roles kills)
    [[ -n $short ]] || acts+=(flood cuts replicas telemetry measures people certificates clients clock secrets restore disk standby upgrade story)
fi
# In the short form, the way in and what it needs.
wide=all; [[ -z $short ]] || wide=
work=${WORK:-/tmp/huiying-containers}
PATH=$PATH:/usr/sbin:$HOME/.cargo/bin
export DOCKER_BUILDKIT=0
mkdir -p "$work"
for part in lib engine faults store story; do . "tests/containers/$part.sh"; done
end() {
    local code=$?
    set +e # to the end of it, whatever of it there is to end
    [[ -z $(jobs -p) ]] || kill $(jobs -p) 2>/dev/null
    down
    mountpoint -q "$work/disk" && umount "$work/disk"
    exit $code
}
[[ -n ${KEEP:-} ]] || trap end EXIT

act_calls() {
    say "calls from outside, by gRPC and by gRPC-Web, nothing killed"
    loaded 60 sleep 5
    # The way in for vendors, who sign: to intake, which knows no such source.
    local said
    said=$(curl --silent --cacert "$work/secrets/authority/authority.pem" --data '{}' https://localhost:18443/webhook/00000000-0000-0000-0000-000000000000)
    [[ $said == *签名不被接受* ]] || fail "a webhook's call without a signature: $said"
}

act_flood() {
    say "more requests from one address than the edge allows"
    drive flood
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

act_people() {
    say "the county's people from a spreadsheet, by the commands of the runbook"
    compose run --rm --no-deps -T secrets token service admin --role ROLE_SYSTEM_ADMINISTRATOR --key /secrets/issuer/issuer.key >"$work/admin.jwt" 2>/dev/null
    printf '%s\n' 单位代码,单位名称,单位类别,上级单位代码,人员代码,姓名,职务,角色,起始日期 \
        office,处置办,处置办,,zhuren,某甲,主任,舆情处置办公室主任,2026-01-01 \
        shuiwu,县水务局,单位,,juzhang,某乙,局长,单位主要负责人、单位经办人,2026-01-01 >"$work/people.csv"
    local times
    for times in 1 2; do
        "${CARGO_TARGET_DIR:-target}/debug/huiying" people "$work/people.csv" --address https://localhost:18443 \
            --authority "$work/secrets/authority/authority.pem" --token-file "$work/admin.jwt" | tee "$work/people.log"
    done
    grep -q '登记或变更 0 项' "$work/people.log" || fail "the same file again changed something"
}

act_certificates() {
    say "new certificates under load, without a restart"
    shown() { openssl s_client -connect localhost:18443 </dev/null 2>/dev/null | openssl x509 -noout -serial; }
    local before
    before=$(shown)
    renew() {
        compose run --rm --no-deps -T secrets certs --out /secrets --host localhost
        compose kill -s HUP postgres >/dev/null 2>&1
        compose kill -s USR2 edge >/dev/null 2>&1
        sleep 15
        healthy >/dev/null
    }
    loaded 120 renew
    [[ $(shown) != "$before" ]] || fail "the edge shows the former certificate"
    echo "$(($(figure tries) - $(figure acknowledged))) calls had to be tried again"
    take_secrets
}

act_clients() {
    say "a page in Chromium and Python by reflection, at the edge"
    tests/clients/run.sh https://localhost:18443 "$work/secrets" >"$work/clients.log" 2>&1 || { tail -30 "$work/clients.log"; exit 1; }
    tail -2 "$work/clients.log"
}

act_telemetry() {
    say "telemetry: the rules hold, and every figure that they name is there"
    docker run --rm --volume "$root/deploy/observability:/rules:ro" --entrypoint promtool huiying-telemetry test rules /rules/alerts.test.yml
    local prometheus figure begun=$SECONDS
    prometheus=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(id_of telemetry)")
    for figure in $(grep -o 'huiying_[a-z_]*' deploy/observability/alerts.yml | sort -u); do
        until curl --silent --fail "http://$prometheus:9090/api/v1/query?query=count($figure)" | grep -q '"value"'; do
            ((SECONDS - begun < 120)) || fail "no $figure"
            sleep 2
        done
    done
    echo "$(grep -c 'alert:' deploy/observability/alerts.yml) alerts, every figure that they name is scraped"

    sed -i 's|^OTLP=.*|OTLP=http://collector:4317|; s|^COMPOSE_PROFILES=.*|COMPOSE_PROFILES=traces|' "$work/.env"
    COMPOSE_PROFILES=traces compose up --detach >"$work/up.log" 2>&1 || { tail -20 "$work/up.log"; exit 1; }
    healthy "${services[@]}" collector edge >/dev/null
    loaded 60 sleep 5
    sleep 6
    compose logs --no-color collector >"$work/traces" 2>&1
    for figure in "${services[@]}"; do grep -q "$figure" "$work/traces" || fail "the collector has no trace of $figure"; done
    echo "the collector has spans of every service"
    settle_env
    compose up --detach --remove-orphans >/dev/null 2>&1
    healthy >/dev/null
}

act_measures() {
    say "measures: each container at rest for a minute, then under load"
    figures() { docker stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}}' | awk '/^huiying-test/ {print $1, $2, $3}' | sort; }
    sleep 60
    figures >"$work/idle"
    busy() { sleep 15; figures >"$work/busy"; }
    loaded 60 busy
    join "$work/idle" "$work/busy" | awk 'BEGIN {printf "%-36s %8s %10s %8s %10s\n", "container", "idle", "", "load", ""}
        {printf "%-36s %8s %10s %8s %10s\n", $1, $2, $3, $4, $5}'
    local one size on_base
    on_base=$(docker image inspect --format '{{.Size}}' "$base")
    for one in huiying huiying-postgres huiying-edge huiying-telemetry huiying-collector; do
        size=$(docker image inspect --format '{{.Size}}' "$one")
        printf '%-36s %4d MB, over its base %4d MB\n' "$one" $((size / 1000000)) $(((size - on_base) / 1000000))
    done
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
