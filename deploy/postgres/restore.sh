#!/bin/sh
# Puts the store back as it was at a moment, or at the end of what is archived: `restore.sh ["2026-11-26 09:30:00+08"]`. Nothing may run
# on the data meanwhile. What was there is set aside, not deleted.
set -eu
. /etc/huiying/environment.sh
[ ! -e "$data/postmaster.pid" ] || rm -f "$data/postmaster.pid"
if [ -e "$data" ]; then
    rm -rf "$data.before-restore"
    mv "$data" "$data.before-restore"
fi
mkdir -m 0700 "$data"
if [ -n "${1:-}" ]; then
    pgbackrest --log-level-console=info --type=time --target="$1" --target-action=promote restore | tail -1
else
    pgbackrest --log-level-console=info restore | tail -1
fi
