# An engine, base images and the images of the deployment: what a bare machine lacks.

if ! docker info >/dev/null 2>&1; then
    if ! command -v dockerd >/dev/null || ! command -v docker-compose >/dev/null || ! command -v debootstrap >/dev/null; then
        say "installing the engine"
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends docker.io docker-compose debootstrap iptables >/dev/null
    fi
    say "starting the engine"
    setsid dockerd </dev/null >"$work/dockerd.log" 2>&1 &
    disown # it outlives the script, which takes the deployment down with it at its end
    for _ in $(seq 60); do docker info >/dev/null 2>&1 && break; sleep 1; done
    docker info >/dev/null || { tail "$work/dockerd.log"; echo "no engine can run here"; exit 77; }
fi

# Base images: those that the Dockerfile names, or, where they cannot be pulled, the like of them from Debian's packages.
base=debian:bookworm-slim build=rust:1.95-bookworm
here() { docker image inspect "$1" >/dev/null 2>&1; }
if ! here "$base" && ! timeout 60 docker pull -q "$base" 2>/dev/null; then
    say "making $base with debootstrap"
    rm -rf "$work/base"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" >/dev/null
    cp -L /etc/ssl/certs/ca-certificates.crt "$work/base/etc/ssl/certs/" # it trusts whom this machine trusts
    tar -C "$work/base" -c . | docker import - "$base" >/dev/null
    rm -rf "$work/base"
fi
targets=
for target in postgres edge ${wide:+telemetry collector} huiying; do
    name=huiying-$target; [[ $target != huiying ]] || name=huiying
    { [[ -z $built ]] && here "$name"; } || targets+=" $target"
done
if [[ $targets != *" huiying" && $targets != *collector* ]]; then
    : # Nothing to build it on.
elif [[ -n $program ]]; then
    # The program is built already: in this image, building it is taking it.
    build=huiying-program:local
    rm -rf "$work/program" && mkdir -p "$work/program"
    strip --output-file="$work/program/huiying" "$program"
    cat >"$work/program/Dockerfile" <<END
FROM $base
COPY huiying /program
RUN printf '#!/bin/sh\ninstall -D /program target/release/huiying\n' >/usr/local/bin/cargo \\
    && printf '#!/bin/sh\ncp target/release/huiying /out/huiying\n' >/usr/local/bin/strip && chmod +x /usr/local/bin/*
END
    docker build -q --tag "$build" "$work/program" >/dev/null
    export BUILD_IMAGE=$build
elif ! here "$build" && ! timeout 60 docker pull -q "$build" 2>/dev/null; then
    say "making $build from $base and this machine's toolchain"
    rm -rf "$work/build" && mkdir -p "$work/build"
    cp -a "$(rustc --print sysroot)" "$work/build/rust" && rm -rf "$work/build/rust/share"
    cp -L /etc/ssl/certs/ca-certificates.crt "$work/build/"
    cat >"$work/build/Dockerfile" <<END
FROM $base
RUN apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends gcc g++ libc6-dev make cmake pkg-config binutils >/dev/null
COPY rust /usr/local
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
END
    docker build -q --tag "$build" "$work/build" >/dev/null
    rm -rf "$work/build"
fi

say "building the images:${targets:- none}"
[[ -z $targets ]] || TARGETS=$targets deploy/images.sh >"$work/images.log" 2>&1 || { tail -20 "$work/images.log"; exit 1; }
cargo build --quiet --package huiying-tests --bin containers --package huiying --bin huiying
