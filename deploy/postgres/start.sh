#!/bin/sh
# Starts the store; on an empty volume it is made first: new, or, where STANDBY_OF names a store, as that one's copy, which follows it
# until it is promoted. The roles and schemas are made by `huiying migrate`.
set -eu
. /etc/huiying/environment.sh
if [ ! -s "$data/PG_VERSION" ]; then
    rm -rf "$data.new"
    if [ -n "${STANDBY_OF:-}" ]; then
        pg_basebackup --pgdata="$data.new" --checkpoint=fast --wal-method=stream --write-recovery-conf \
            --dbname="host=$STANDBY_OF user=huiying_standby application_name=standby sslmode=verify-full sslrootcert=$secrets/authority.pem sslcert=$secrets/certificate.pem sslkey=$secrets/key.pem"
    else
        initdb --pgdata="$data.new" --username=huiying --auth=reject --encoding=UTF8 --locale=C --data-checksums --no-instructions
        printf '%s\n' 'CREATE DATABASE huiying TEMPLATE template0;' 'CREATE ROLE huiying_standby REPLICATION LOGIN;' |
            postgres --single -D "$data.new" postgres >/dev/null
    fi
    # Whole or not at all: a start that was cut off begins anew.
    mv "$data.new" "$data"
fi
exec postgres -D "$data" -c config_file=/etc/huiying/postgresql.conf \
    -c "ssl_cert_file=$secrets/certificate.pem" -c "ssl_key_file=$secrets/key.pem" -c "ssl_ca_file=$secrets/authority.pem" \
    -c "synchronous_standby_names=${SYNCHRONOUS_STANDBYS:-}"
