# What breaks under load: nothing acknowledged may be lost or doubled, and everything heals by itself.

act_kills() {
    say "a kill -9 of each under load: what was acknowledged is there, once"
    local victims=(postgres "${services[@]}" edge)
    [[ -z $short ]] || victims=(intake postgres)
    kill_each() {
        local victim
        for victim in "${victims[@]}"; do
            kill_hard "$(id_of "$victim")"
            printf '%-16s healthy again after ' "$victim"
            sleep 1
            printf '%s s\n' "$(healthy)"
            sleep 4
        done
    }
    loaded 600 kill_each
}

act_cuts() {
    say "intake cut from the store, then from its peers, under load: every call is answered, nothing is lost"
    local seconds=60
    [[ -z $short ]] || seconds=15
    cut() {
        local network
        for network in store house; do
            docker network disconnect "huiying-test_$network" "$(id_of intake)"
            sleep $seconds
            docker network connect --alias intake "huiying-test_$network" "$(id_of intake)"
            printf '%-16s healthy again after %s s\n' "$network" "$(healthy)"
            sleep 3
        done
    }
    loaded 600 cut
    (($(figure unanswered) == 0)) || fail "$(figure unanswered) calls were ended by their own deadline only"
}

act_replicas() {
    say "two of every service, one of each killed in turn under load"
    local scale=() one
    for one in "${services[@]}"; do scale+=(--scale "$one=2"); done
    compose up --detach --no-recreate "${scale[@]}" >/dev/null 2>&1
    sleep 10
    kill_one_of_two() {
        local victim
        for victim in "${services[@]}"; do
            kill_hard "$(compose ps -q "$victim" | tail -1)"
            sleep 4
        done
    }
    loaded 300 kill_one_of_two
    compose up --detach >/dev/null 2>&1
    healthy >/dev/null
}

# The store's data on a disk of its own, which is filled and freed again.
act_disk() {
    say "the store's disk fills up under load, and is freed again"
    down
    mkdir -p "$work/disk"
    mountpoint -q "$work/disk" || mount -t tmpfs -o size=700m,mode=0700,uid=10001,gid=10001 tmpfs "$work/disk"
    settle_env "POSTGRES_DATA=$work/disk"
    up
    take_secrets
    fill() {
        head -c 1G /dev/zero >"$work/disk/ballast" 2>/dev/null || true
        sleep 20
        df -h "$work/disk" | tail -1
        page_of intake | grep -m 1 '数据库' || true
        rm "$work/disk/ballast"
        echo "freed; healthy again after $(healthy) s"
    }
    loaded 300 fill
    (($(figure unanswered) == 0)) || fail "$(figure unanswered) calls were ended by their own deadline only"
    down
    umount "$work/disk"
    settle_env
}
