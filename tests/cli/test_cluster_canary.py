"""Secrets lie wherever a cluster may have them; every live command looks, and none shows one.

Looked through: stdout, stderr, and every file below HOME, TMPDIR and the tree.
"""

from __future__ import annotations

import base64
import json
import tempfile
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from plate_llm_cli.cluster import connection
from plate_llm_cli.cluster.api import Api
from tests.cli.reaching import TOKEN, cluster
from tests.cluster.connecting import application
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double import pod_states
from tests.cluster.double.argocd import ArgoCD, status
from tests.cluster.double.workloads import Workloads, deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Outcome, Tree
    from tests.cluster.double.cluster import Cluster

__all__ = ["cluster"]

CANARY = "sk-canary7Hq2Zk9vLw4Xc1Rt8Pb5Nd3M"
PACKED = base64.b64encode(CANARY.encode()).decode()
LOGIN = {"auths": {"registry.example.com": {"username": "robot", "password": CANARY}}}
LOGIN_PACKED = base64.b64encode(json.dumps(LOGIN).encode()).decode()
FORBIDDEN = (CANARY, PACKED, LOGIN_PACKED, TOKEN)
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
STORE = {"secretStoreRef": {"name": "bao"}, "target": {"name": "app"}}
STEERING = "\x1b[31m\u202e\r\n::error::steered ##[error]steered"

Node = dict[str, Any]


def node(kind: str, name: str, api_version: str = "v1", **fields: Any) -> Node:
    metadata = {"name": name, "namespace": "staging"}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata} | fields


def wanted() -> list[Node]:
    """What the tree has."""
    web = deployment("web", "staging", image="registry.example.com/web:1")
    pod = web["spec"]["template"]["spec"]
    pod["imagePullSecrets"] = [{"name": "login"}]
    reads = {"secretKeyRef": {"name": "app", "key": "API_KEY"}}
    pod["containers"][0]["env"] = [{"name": "API_KEY", "valueFrom": reads}]
    return [
        web,
        node("ConfigMap", "web", data={"LEVEL": "info"}),
        node("Secret", "made", stringData={"KEY": "new"}),
        node("ExternalSecret", "app", "external-secrets.io/v1", spec=STORE),
    ]


def furnish(kube: Cluster) -> None:
    """The same in the cluster, and a secret in each."""
    held = node("Secret", "made", data={"KEY": PACKED, "GONE": PACKED})
    held["metadata"]["annotations"] = {LAST_APPLIED: json.dumps(held)}
    said = f"could not read {CANARY}: denied {STEERING}"
    ready = {"type": "Ready", "status": "False", "reason": "SecretSyncedError", "message": said}
    config = {"LEVEL": "debug", "API_KEY": CANARY, "URL": f"redis://web:{CANARY}@cache"}
    for item in (
        held,
        node("Secret", "app", data={"API_KEY": PACKED}),
        node(
            "Secret",
            "login",
            type="kubernetes.io/dockerconfigjson",
            data={".dockerconfigjson": LOGIN_PACKED},
        ),
        node("ConfigMap", "web", data=config),
        wanted()[3] | {"status": {"conditions": [ready]}},
    ):
        kube.create(item)
    Workloads(kube, pod_states.config_error(f"token={CANARY} {STEERING}"))
    kube.event(kube.create(wanted()[0]), "Failed", f"Authorization: {CANARY} {STEERING}")
    kube.create(live_application())


def live_application() -> Node:
    """As a person has changed it by hand: values that are secrets, and an operation with some."""
    helm = {
        "parameters": [{"name": "auth.password", "value": CANARY}],
        "valuesObject": {"apiKey": CANARY},
        "values": f"token: {CANARY}\n",
    }
    source = {
        "repoURL": f"https://robot:{CANARY}@git.example.com/a.git",
        "path": "manifests",
        "targetRevision": "main",
        "helm": helm,
    }
    app = application("web-stg", automated=False, source=source)
    failed = f"rpc error: {CANARY} {STEERING}"
    history = [
        {"id": number, "revision": "a" * 40, "deployedAt": "2026-01-02T03:04:05Z", "source": source}
        for number in (1, 2)
    ]
    resources = [{"version": "v1", "kind": "ConfigMap", "name": "old", "namespace": "staging"}]
    about = status(app, sync="OutOfSync", health="Degraded") | {
        "conditions": [{"type": "SyncError", "message": failed}],
        "history": history,
        "resources": resources,
        "operationState": {
            "phase": "Failed",
            "message": failed,
            "startedAt": "2026-01-02T03:04:05Z",
            "operation": {"sync": {"source": source}},
        },
    }
    return app | {"status": about}


LOOKING = [
    ["status", "web-stg"],
    ["status", "web-stg", "--format", "json"],
    *(
        ["validate", "web-stg", "--live", "--format", name]
        for name in ("text", "json", "sarif", "junit", "github")
    ),
    ["diff", "web-stg", "--against", "live", "--all"],
    ["diff", "web-stg", "--against", "live", "--format", "json"],
    ["doctor", "web-stg"],
    ["argocd", "apply", "web-stg", "--dry-run", "--force-conflicts"],
    ["argocd", "apply", "web-stg", "--dry-run", "--force-conflicts", "--format", "json"],
    ["argocd", "wait", "web-stg", "--timeout", "1s"],
    ["argocd", "sync", "web-stg", "--dry-run", "--format", "json"],
    ["argocd", "rollback", "web-stg", "--list"],
    ["argocd", "rollback", "web-stg", "--list", "--format", "json"],
    ["argocd", "rollback", "web-stg", "--dry-run", "--format", "json"],
]
CHANGING = [
    ["argocd", "rollback", "web-stg", "1", "--yes", "--format", "json"],
    ["argocd", "sync", "web-stg", "--yes", "--wait", "--timeout", "3s"],
    ["argocd", "apply", "web-stg", "--yes", "--force-conflicts"],
]


@pytest.fixture
def cage(cluster: Cluster, tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of its own for all that is written; no pauses before second tries."""
    monkeypatch.setattr(connection, "_PAUSES", ())
    monkeypatch.setattr(tempfile, "tempdir", None)
    for name in ("HOME", "TMPDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    tree.take_plain_manifests("manifests")
    tree.write("manifests/all.yaml", yaml.safe_dump_all(wanted()))
    furnish(cluster)
    return tmp_path


def check(done: Outcome, words: list[str]) -> None:
    """Nothing in what was said steers a terminal or a runner, or is a secret."""
    said = done.out + done.err
    for secret in FORBIDDEN:
        assert secret not in said, words
    assert "\x1b" not in said
    assert "\u202e" not in said
    for line in said.splitlines():
        assert not line.lstrip().startswith("::error::steered"), words
        assert "##[error]" not in line, words


def check_files(cage: Path) -> None:
    for path in (path for path in cage.rglob("*") if path.is_file() and path.name != "config"):
        data = path.read_bytes()
        assert not any(secret.encode() in data for secret in FORBIDDEN), path


def test_looking(cage: Path, call: Call) -> None:
    codes = {}
    for words in LOOKING:
        done = call(*words)
        check(done, words)
        codes[" ".join(words)] = done.code
    assert set(codes.values()) <= {0, 1}, codes
    check_files(cage)


def test_changing(cage: Path, cluster: Cluster, call: Call) -> None:
    ArgoCD(cluster, scripts.failed_operation(f"hook: {CANARY} {STEERING}"))
    for words in CHANGING:
        done = call(*words)
        check(done, words)
        assert done.code in (0, 1), (words, done.err)
    check_files(cage)


@pytest.mark.parametrize("code", [401, 403, 409, 422, 500])
def test_refusals_that_repeat_what_was_sent(
    cage: Path, cluster: Cluster, call: Call, code: int
) -> None:
    said = f'denied: {{"password": "{CANARY}"}} {STEERING}'
    faults = [
        cluster.fault("", method=method, status=code, message=said, times=None)
        for method in ("PATCH", "POST")
    ]
    for words in (LOOKING[2], LOOKING[8], LOOKING[9], LOOKING[10], LOOKING[13], *CHANGING):
        done = call(*words)
        check(done, words)
        assert done.code in (0, 1, 3), (words, done.err)
    assert all(fault.met for fault in faults)
    check_files(cage)


def test_our_own_defect(cage: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(Api, "get", broken)
    for words in (["status", "web-stg", "-v"], ["argocd", "sync", "web-stg", "--yes", "--verbose"]):
        done = call(*words)
        check(done, words)
        assert done.code == 70
        assert "ValueError" in done.err
    check_files(cage)


@pytest.mark.parametrize(
    ("code", "user"),
    [
        (3, {"token": [CANARY]}),
        (2, {"client-key-data": CANARY, "client-certificate-data": CANARY}),
        (3, {"client-key-data": PACKED, "client-certificate-data": PACKED}),
        (2, {"exec": {"command": "echo", "args": [CANARY], "apiVersion": "v1"}}),
        (
            3,
            {
                "auth-provider": {
                    "name": "oidc",
                    "config": {"id-token": f"{CANARY}.{CANARY}.{CANARY}"},
                }
            },
        ),
        (2, CANARY),
    ],
)
def test_credentials_that_are_none(cage: Path, call: Call, code: int, user: Any) -> None:
    path = cage / "config"
    config = yaml.safe_load(path.read_text("utf-8"))
    config["users"][0]["user"] = user
    path.write_text(yaml.safe_dump(config))
    done = call("status", "web-stg", "-v")
    check(done, ["status"])
    assert done.code == code, done.err


@pytest.mark.parametrize(
    "held", [7, None, [], {}, "\ud800", base64.b64encode(b"[" * 50_000).decode()]
)
@pytest.mark.usefixtures("cage")
def test_a_login_that_is_none(cluster: Cluster, call: Call, held: Any) -> None:
    stored = cluster.api.store.find(cluster.resource("Secret").id, ("staging", "login"))
    assert stored is not None
    stored["data"] = {".dockerconfigjson": held}  # past what an API server takes
    done = call("validate", "web-stg", "--live", "-v")
    check(done, ["validate"])
    assert done.code in (0, 1), done.err
