"""Holds rendered Kubernetes documents against schemas, and against what this deployment promises of them.

    check.py RENDERED.yaml NODE_MODULES

Kubernetes' own kinds: the JSON schemas of the package kubernetes-validate, strict, of the oldest and the newest release that is
supported. CloudNativePG's kinds: the types of the npm package @kubernetes-models/cloudnative-pg, which are made of its CRDs; an object
literal with a key that its type does not know is an error of TypeScript. The plugin's ObjectStore has no package: its configuration
is the operator's own type, as its documentation says, and the one field beside it is written here.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

RELEASES = ("1.30", "1.37")
OPERATOR = "postgresql.cnpg.io/v1"
PLUGIN = "barmancloud.cnpg.io/v1"
SERVICES = "directory intake assessment disposal publication accountability notification".split()
STORE = """
import { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { IObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta";
interface IObjectStore {
  apiVersion: "barmancloud.cnpg.io/v1"; kind: "ObjectStore"; metadata: IObjectMeta;
  spec: { retentionPolicy?: `${number}${"d" | "w" | "m"}`;
          configuration: NonNullable<NonNullable<ICluster["spec"]["backup"]>["barmanObjectStore"]> };
}
"""


def name(document):
    return f'{document["kind"]}/{document["metadata"]["name"]}'


def by_schema(document):
    """The error that Kubernetes' own schemas find."""
    for release in RELEASES:
        try:
            kubernetes_validate.validate(document, release, strict=True)
        except kubernetes_validate.ValidationError as error:
            return f'{release}: {".".join(map(str, error.path))}: {error.message}'
        except kubernetes_validate.SchemaNotFoundError as error:
            return error.message
    return None


def by_types(documents, modules):
    """The first error of each document that is the operator's or the plugin's; None where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "node_modules").symlink_to(pathlib.Path(modules).resolve())
        for number, document in enumerate(documents):
            kind = document["kind"]
            head = STORE if document["apiVersion"] == PLUGIN else f'import {{ I{kind} }} from "@kubernetes-models/cloudnative-pg/{OPERATOR}/{kind}";\n'
            text = f"{head}export const document: I{kind} = {json.dumps(document, ensure_ascii=False)};\n"
            (folder / f"d{number}.ts").write_text(text)
        options = {"noEmit": True, "strict": True, "skipLibCheck": True, "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "types": []}
        (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
        command = ["node", f"{modules}/typescript/bin/tsc", "--pretty", "false"]
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        found = {}
        for number, error in re.findall(r"^d(\d+)\.ts\(\d+,\d+\): error (.*)$", said.stdout, re.MULTILINE):
            found.setdefault(int(number), error)
        if (said.returncode == 0) == bool(found):
            sys.exit(f"tsc ended with {said.returncode}: {said.stdout}{said.stderr}")
        return [found.get(number) for number in range(len(documents))]


def is_ours(document):
    return document["apiVersion"] not in (OPERATOR, PLUGIN)


def pods(documents):
    """Every template of a pod."""
    return [(d, d["spec"]["template"]) for d in documents if d["kind"] in ("Deployment", "Job")]


def promises(documents):
    """What this deployment promises, beside having the right form; an error each."""
    there = {name(d) for d in documents}
    for document, template in pods(documents):
        who, spec = name(document), template["spec"]
        wanted = [f'ServiceAccount/{spec["serviceAccountName"]}'] if "serviceAccountName" in spec else []
        mounts = {m["name"]: m["mountPath"] for c in spec["containers"] for m in c["volumeMounts"]}
        for volume in spec["volumes"]:
            if "secret" in volume:
                secret = volume["secret"]["secretName"]
                wanted.append(f"Secret/{secret}")
                if mounts[volume["name"]] != f"/secrets/{secret}":
                    yield f'{who}: secret {secret} at {mounts[volume["name"]]}'
                if document["metadata"]["name"] in SERVICES and secret not in (document["metadata"]["name"], "shared", "superior"):
                    yield f"{who}: sees the secret {secret}, which is not its own"
            if "persistentVolumeClaim" in volume:
                wanted.append(f'PersistentVolumeClaim/{volume["persistentVolumeClaim"]["claimName"]}')
        for container in spec["containers"]:
            wanted += [f'ConfigMap/{source["configMapRef"]["name"]}' for source in container.get("envFrom", [])]
            security = container.get("securityContext", {})
            if not (security.get("readOnlyRootFilesystem") and security.get("capabilities") == {"drop": ["ALL"]} and security.get("allowPrivilegeEscalation") is False):
                yield f"{who}: may do more than it should"
            if "ready" in container.get("livenessProbe", {}).get("exec", {}).get("command", []):
                yield f"{who}: its life depends on the store"
            if not {"requests", "limits"} <= container.get("resources", {}).keys():
                yield f"{who}: takes what it wants"
        if not (spec["securityContext"].get("runAsNonRoot") and spec["securityContext"].get("seccompProfile") == {"type": "RuntimeDefault"}):
            yield f"{who}: may be root, or call what it wants"
        yield from (f"{who}: no {one}" for one in wanted if one not in there)
    every = [template["metadata"]["labels"].items() for _, template in pods(documents)]
    for document in documents:
        spec = document.get("spec", {})
        selector = {"Deployment": spec.get("selector"), "PodDisruptionBudget": spec.get("selector"), "NetworkPolicy": spec.get("podSelector")}.get(document["kind"])
        selector = spec.get("selector") if document["kind"] == "Service" else (selector or {}).get("matchLabels")
        if selector and "cnpg.io/cluster" not in selector and not any(selector.items() <= labels for labels in every):
            yield f"{name(document)}: chooses nobody"
    outward = {json.dumps(d["spec"]["podSelector"]) for d in documents if d["kind"] == "NetworkPolicy" and "ipBlock" in json.dumps(d["spec"])}
    may = [{"app.kubernetes.io/name": "disposal"}, {"app.kubernetes.io/name": "intake"}, {"cnpg.io/cluster": "postgres"}]
    if allowed := outward - {json.dumps({"matchLabels": labels}) for labels in may}:
        yield f"may call outside: {allowed}"
    for policy in (d for d in documents if name(d) == "NetworkPolicy/sources"):
        blocks = [to["ipBlock"] for way in policy["spec"]["egress"] for to in way["to"]]
        if not all({"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(block.get("except", [])) for block in blocks):
            yield "NetworkPolicy/sources: reaches private addresses"


# Spoilt copies: of which document, where, and what is put there; nothing takes away.
SPOILT = [
    ("Deployment/intake", "spec.replica", 2, "an unknown field"),
    ("Deployment/intake", "spec.template.spec.containers.0.readinesProbe", {}, "a misspelt key"),
    ("Deployment/intake", "spec.replicas", "two", "a wrong type"),
    ("Service/intake", "spec.ports.0.port", "7700", "a wrong type"),
    ("NetworkPolicy/nobody", "spec.podSelektor", {}, "a misspelt key"),
    ("PodDisruptionBudget/intake", "spec.minAvailable", True, "a wrong type"),
    ("Job/migrate", "spec.template.spec.containers", None, "a field that must be there"),
    ("Cluster/postgres", "spec.instancez", 3, "an unknown field"),
    ("Cluster/postgres", "spec.postgresql.synchronous.dataDurabilty", "required", "a misspelt key"),
    ("Cluster/postgres", "spec.postgresql.synchronous.method", "some", "a value that is none"),
    ("Cluster/postgres", "spec.postgresql.parameters.max_connections", 300, "a wrong type"),
    ("Cluster/postgres", "spec.managed.roles.0.inRole", [], "a misspelt key"),
    ("ScheduledBackup/nightly", "spec.schedule", None, "a field that must be there"),
    ("ImageCatalog/postgres", "spec.images.0.major", "15", "a wrong type"),
    ("ObjectStore/backup", "spec.configuration.wal.maxParalel", 2, "a misspelt key"),
    ("ObjectStore/backup", "spec.retentionPolicy", "30 days", "a value that is none"),
]
# The same, of what is promised.
BROKEN = [
    ("Deployment/intake", "spec.template.spec.volumes.0.secret.secretName", "directory", "another's secret"),
    ("Deployment/intake", "spec.template.spec.containers.0.livenessProbe", {"exec": {"command": ["huiying", "ready"]}}, "a life that depends on the store"),
    ("Deployment/edge", "spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem", False, "a file system that can be written"),
    ("Service/intake", "spec.selector", {"app.kubernetes.io/name": "intak"}, "a Service of nobody"),
    ("NetworkPolicy/superior", "spec.podSelector", {}, "everybody may call outside"),
    ("NetworkPolicy/sources", "spec.egress.0.to.0.ipBlock", {"cidr": "0.0.0.0/0"}, "feeds of private addresses"),
]


def spoil(document, path, value):
    spoilt = copy.deepcopy(document)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = spoilt
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return spoilt


def main(rendered, modules):
    documents = list(yaml.safe_load_all(pathlib.Path(rendered).read_text()))
    known = {name(d): d for d in documents}
    spoilt = [(spoil(known[which], path, value), f"{which}: {why} at {path}") for which, path, value, why in SPOILT]

    others = [d for d in documents if not is_ours(d)]
    spoilt_others = [(d, what) for d, what in spoilt if not is_ours(d)]
    typed = by_types(others + [d for d, _ in spoilt_others], modules)
    errors = [f"{name(d)}: {e}" for d in documents if is_ours(d) and (e := by_schema(d))]
    errors += [f"{name(d)}: {e}" for d, e in zip(others, typed) if e]
    errors += promises(documents)

    seen = [what for d, what in spoilt if is_ours(d) and by_schema(d)]
    seen += [what for (_, what), error in zip(spoilt_others, typed[len(others):]) if error]
    unseen = [what for _, what in spoilt if what not in seen]
    for which, path, value, why in BROKEN:
        if not list(promises([spoil(d, path, value) if name(d) == which else d for d in documents])):
            unseen.append(f"{which}: {why}")
    errors += [f"not found out: {what}" for what in unseen]
    if errors:
        sys.exit("\n".join(["", *errors]))
    print(f"{len(documents)} documents hold ({len(others)} of them the operator's); {len(SPOILT) + len(BROKEN)} spoilt ones were each found out")


main(*sys.argv[1:])
