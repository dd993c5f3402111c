#!/bin/sh
# Starts the store; on an empty volume it is made first. The roles and schemas are made by `huiying migrate`.
set -eu
data=/data/postgres
if [ ! -s "$data/PG_VERSION" ]; then
    rm -rf "$data.new"
    initdb --pgdata="$data.new" --username=huiying --auth=reject --encoding=UTF8 --locale=C --data-checksums --no-instructions
    echo 'CREATE DATABASE huiying TEMPLATE template0' | postgres --single -D "$data.new" postgres >/dev/null
    # Whole or not at all: a start that was cut off begins anew.
    mv "$data.new" "$data"
fi
exec postgres -D "$data" -c config_file=/etc/huiying/postgresql.conf
