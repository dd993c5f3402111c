#!/bin/sh
# A backup now: `backup.sh now`; or for ever at the same time each day, a full one on Sundays: `backup.sh daily`. Needs the store's data,
# its socket and the backups' volume. What was backed up lasts to the last archived minute, not to the last backup.
set -eu
. /etc/huiying/environment.sh
once() {
    pgbackrest stanza-create
    pgbackrest --log-level-console=info --type="$1" backup | tail -1
    pgbackrest info | grep -E 'full backup|diff backup' | tail -1
}
case "${1:-now}" in
now) once "${2:-diff}" ;;
daily)
    # The store may still be on its way, and is not followed while it is a copy.
    until pg_isready --quiet --host=/socket && once diff; do sleep 10; done
    while true; do
        now=$(date +%s)
        next=$(date --date="today ${BACKUP_TIME:-18:30}" +%s)
        [ "$next" -gt "$now" ] || next=$(date --date="tomorrow ${BACKUP_TIME:-18:30}" +%s)
        sleep $((next - now))
        [ "$(date +%u)" = 7 ] && kind=full || kind=diff
        once $kind || echo "the backup failed; the next is tried tomorrow, or now by: backup.sh now" >&2
    done
    ;;
*) echo "backup.sh now [full|diff] | daily" >&2; exit 2 ;;
esac
