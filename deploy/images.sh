#!/usr/bin/env bash
# Builds the images of a deployment from this checkout, from BASE_IMAGE and BUILD_IMAGE (by default those that the Dockerfile names),
# and tags them as .env.example does, or as TAG says.
set -euo pipefail
cd "$(dirname "$0")/.."

arguments=(--file deploy/Dockerfile --build-arg "COMMIT=$(git rev-parse --short HEAD)")
[[ -z ${BASE_IMAGE:-} ]] || arguments+=(--build-arg "BASE_IMAGE=$BASE_IMAGE")
[[ -z ${BUILD_IMAGE:-} ]] || arguments+=(--build-arg "BUILD_IMAGE=$BUILD_IMAGE")
for target in ${TARGETS:-postgres edge telemetry collector huiying}; do
    name=huiying-$target
    [[ $target != huiying ]] || name=huiying
    docker build ${BUILD_NETWORK:+--network "$BUILD_NETWORK"} "${arguments[@]}" --target "$target" --tag "$name:${TAG:-latest}" .
done
