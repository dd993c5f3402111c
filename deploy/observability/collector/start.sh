#!/bin/sh
# Starts the collector: it takes traces by OTLP, prints each (the engine's log keeps them, rotated) and, when FORWARD_TO names an OTLP
# address of the county's own, sends all it takes there too, with FORWARD_HEADERS (`name=value`, commas between) where that wants some.
set -eu
export ROTEL_OTLP_GRPC_ENDPOINT=0.0.0.0:4317 ROTEL_DEBUG_LOG=traces ROTEL_DEBUG_LOG_VERBOSITY=detailed ROTEL_EXPORTER=blackhole
if [ -n "${FORWARD_TO:-}" ]; then
    export ROTEL_EXPORTER=otlp ROTEL_OTLP_EXPORTER_ENDPOINT="$FORWARD_TO"
    [ -z "${FORWARD_HEADERS:-}" ] || export ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS="$FORWARD_HEADERS"
fi
exec /usr/local/bin/rotel start
