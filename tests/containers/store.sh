# What keeps the store: backups, a copy that takes over, another version beside.
ask_store() { docker exec "$(id_of postgres)" psql --host=/tmp --username=huiying --dbname=huiying -Atc "$1"; }
checkpoints() { compose run --rm -T --no-deps checkpoints ledger "$1" --config /etc/huiying/huiying.toml "$2" /backup/checkpoints; }
deployed() { PROJECT=huiying-test ENV_FILE=$work/.env "$@"; }

act_restore() {
    say "backup, the volume destroyed, restore: nothing archived is lost; to a moment: what is missing is named"
    docker exec "$(id_of backup)" sh /etc/huiying/backup.sh now full
    loaded 60 sleep 10
    local moment begun
    moment=$(ask_store 'SELECT now()')
    checkpoints keep --out
    ask_store 'SELECT pg_switch_wal()' >/dev/null
    sleep 5
    compose stop --timeout 5 postgres backup >/dev/null 2>&1
    compose rm --force postgres backup >/dev/null 2>&1
    docker volume rm huiying-test_postgres
    begun=$SECONDS
    deployed deploy/restore.sh >"$work/restore.log" 2>&1 || { tail -30 "$work/restore.log"; exit 1; }
    grep ': [0-9]* 条' "$work/restore.log"
    echo "restored and serving after $((SECONDS - begun)) s"
    drive verify "$work/acknowledged" | tee "$work/load.json"
    (($(figure missing) == 0)) || fail "acknowledged and archived, and lost"

    loaded 60 sleep 5
    checkpoints keep --out
    ask_store 'SELECT pg_switch_wal()' >/dev/null
    sleep 5
    ! deployed deploy/restore.sh "$moment" >"$work/restore.log" 2>&1 || fail "a restore to a moment before the last checkpoint said nothing"
    grep '本身完整,但所存检查点签了' "$work/restore.log" || { tail -30 "$work/restore.log"; exit 1; }
    drive verify "$work/acknowledged" | tee "$work/load.json"
    (($(figure missing) > 0)) || fail "a restore to a moment kept what came after it"
}

act_secrets() {
    say "the volumes of the secrets are lost, and come back from their copy"
    local one volumes
    loaded 60 sleep 2
    compose run --rm -T --no-deps --entrypoint sh secrets -c 'cd /secrets && tar -c *' >"$work/secrets.tar" 2>/dev/null
    compose stop --timeout 10 >/dev/null 2>&1
    compose rm --force >/dev/null 2>&1
    volumes=$(docker volume ls --quiet --filter name=^huiying-test_secrets-)
    docker volume rm $volumes >/dev/null
    compose run --rm -T --no-deps --entrypoint tar secrets -C /secrets -x <"$work/secrets.tar" 2>"$work/up.log" || { cat "$work/up.log"; exit 1; }
    up
    drive verify "$work/acknowledged" | tee "$work/load.json"
    (($(figure missing) == 0)) || fail "lost"
}

act_standby() {
    say "a copy of the store follows it; the store dies under load, the copy is promoted: nothing acknowledged is lost"
    down
    settle_env
    STANDBY=1 up
    take_secrets
    local begun=$SECONDS
    until [[ $(ask_store "SELECT sync_state FROM pg_stat_replication") == sync ]]; do
        ((SECONDS - begun < 60)) || fail "the copy does not follow"
        sleep 1
    done
    promote() {
        sleep 5
        deployed deploy/promote.sh
        echo "healthy again after $(healthy "${services[@]}" edge) s"
        sleep 5
    }
    loaded 300 promote
    down
    settle_env
}

act_upgrade() {
    say "upgraded from ${previous:-the same image by another name} and back, the new one of a service beside the old, under load"
    down
    docker tag "${previous:-huiying}" huiying:before
    settle_env HUIYING_IMAGE=huiying:before
    up
    take_secrets
    forth_and_back() {
        local image
        for image in huiying huiying:before; do
            sed -i "s|^HUIYING_IMAGE=.*|HUIYING_IMAGE=$image|" "$work/.env"
            deployed deploy/upgrade.sh
        done
    }
    loaded 1200 forth_and_back
    echo "$(($(figure tries) - $(figure acknowledged))) calls had to be tried again"
    down
    settle_env
}
