# Where the store's things are, for the scripts beside this one. The key of the backups is read from its file and is in no image and
# in no container's settings.
data=/data/postgres
secrets=/secrets/${HOLDER:-postgres}
[ ! -s "$secrets/backup.key" ] || { PGBACKREST_REPO1_CIPHER_PASS=$(cat "$secrets/backup.key"); export PGBACKREST_REPO1_CIPHER_PASS; }
export PGBACKREST_CONFIG=/etc/huiying/pgbackrest.conf PGBACKREST_STANZA=huiying
