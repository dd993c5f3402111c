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

# Who says that they seal, keep the clock, follow: asked of every process a few times a second.
watch_leases() {
    local round=0 one id own=$work/secrets/operator
    : >"$work/leases"
    set +e # who was just killed does not answer
    while :; do
        round=$((round + 1))
        for one in "${services[@]}"; do
            for id in $(ids_of "$one"); do
                curl --silent --max-time 2 --cacert "$own/authority.pem" --cert "$own/certificate.pem" --key "$own/key.pem" \
                    --resolve "$one:7700:$(address_of_container "$id")" "https://$one:7700/metrics" | sed -n "s/^huiying_lease_held{\(.*\)} \([01]\)$/$round \1 \2/p"
            done
        done >>"$work/leases"
        sleep 0.2
    done
}
one_at_a_time() { # and everything was done by somebody most of the time
    # A look at all of them takes seconds, in which a lease may change hands: two looks running tell.
    awk '{ sum[$1, $2] += $3; rounds[$2] = $1; held[$2] += $3 }
        END { for (l in rounds) for (r = 1; r < rounds[l]; r++) if (sum[r, l] > 1 && sum[r + 1, l] > 1) { print "two at a time: " r " " l; bad = 1 }
              for (l in held) { if (held[l] < rounds[l] / 2) { print l " was held in " held[l] " of " rounds[l] " rounds"; bad = 1 } n++; r = rounds[l] }
              print n " leases looked at " r " times" (bad ? "" : ": never two holders"); exit bad }' "$work/leases" || fail "leases"
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
            kill_hard "$(ids_of "$victim" | tail -1)"
            sleep 4
        done
    }
    watch_leases & watcher=$!
    loaded 300 kill_one_of_two
    kill $watcher
    one_at_a_time
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
    tail -1 "$work/load.json" | grep -q '数据库磁盘已满' || fail "no caller was told that the disk is full"
    down
    umount "$work/disk"
    settle_env
}

# A clock that is an hour wrong in one container: told on its health, and nothing falls due by it.
act_clock() {
    say "a clock that is wrong by an hour"
    [[ -e $work/faketime/libfaketime.so.1 ]] || (
        mkdir -p "$work/faketime" && cd "$work/faketime"
        apt-get -qq download libfaketime >/dev/null 2>&1 && dpkg-deb --extract libfaketime_*.deb . && cp usr/lib/*/faketime/libfaketime.so.1 . && chmod -R a+rX .
    )
    EXTRA=$root/tests/containers/faketime.yaml FAKETIME_LIBRARY=$work/faketime compose up --detach --no-deps accountability >/dev/null 2>&1
    healthy accountability >/dev/null
    sleep 3
    page_of accountability >"$work/page"
    grep -m 1 '时钟' "$work/page" || { cat "$work/page"; fail "an hour wrong, and nothing said"; }
    compose up --detach >/dev/null 2>&1
    healthy >/dev/null
    sleep 3
    ! page_of accountability | grep -m 1 '时钟' || fail "set right, and still doubted"
}
