#!/usr/bin/env bash
# Puts the store back as it was at a moment, or at the end of what is archived, and says what it lacks:
#   deploy/restore.sh "2026-11-26 09:30:00+08"
# The offices cannot work meanwhile. What the store held before is set aside in its volume as postgres.before-restore.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
compose() { "$here/compose.sh" "$@"; }

compose stop --timeout 25 edge directory intake assessment disposal publication accountability notification checkpoints backup postgres
compose run --rm --no-deps -T --entrypoint sh postgres /etc/huiying/restore.sh "$@"
compose up --detach --no-recreate
for _ in $(seq 240); do
    [[ $(docker inspect --format '{{.State.Health.Status}}' "$(compose ps -q edge)" 2>/dev/null) != healthy ]] || break
    sleep 0.5
done
compose run --rm --no-deps -T checkpoints ledger check --config /etc/huiying/huiying.toml --checkpoints /backup/checkpoints
