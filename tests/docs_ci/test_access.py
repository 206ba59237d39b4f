"""The rights that the page gives to CI are enough for its commands, and no more than needed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.cli.test_secrets_page import VALUES
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double.argocd import ArgoCD
from tests.docs_ci.pipelines import COMMIT, FOLDER
from tests.secrets.bao import BAO, dev_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster
    from tests.secrets.bao import Server

PAGE = (FOLDER / "README.md").read_text("utf-8")
LINES = [
    line
    for block in re.findall(r"```shell\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
TOKEN = "canary-token-5c1f"  # noqa: S105 - of a double
CHECK = ("secrets", "check", "stg", "--live", "--no-cluster")


@pytest.fixture(scope="module")
def signing_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def prepared(signing_key: ec.EllipticCurvePrivateKey) -> Iterator[Server]:
    """OpenBao after the page's commands; tokens of jobs are signed by our key, not by GitHub's."""
    public = signing_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with dev_server() as server:
        environment = os.environ | {"BAO_ADDR": server.address, "BAO_TOKEN": server.token}
        for line in LINES:
            program, *arguments = shlex.split(line)
            arguments = [
                f"jwt_validation_pubkeys={public.decode()}" if "discovery" in one else one
                for one in arguments
            ]
            if program == "bao":
                subprocess.run([BAO, *arguments], env=environment, check=True, capture_output=True)  # noqa: S603
        yield server


@pytest.fixture
def server(
    prepared: Server, ours: Tree, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Server:
    """The same, with staging's secrets and policies, and nobody logged in."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", "none")
    monkeypatch.setenv("BAO_ADDR", prepared.address)
    ours.write("stg.env", VALUES).chmod(0o600)
    with monkeypatch.context() as administrator:
        administrator.setenv("BAO_TOKEN", prepared.token)
        assert call("secrets", "seed", "stg", "--from-env-file", "stg.env", "--yes").code == 0
        for line in LINES:
            if line.startswith("plate-llm "):
                assert call(*shlex.split(line)[1:]).code == 0
    return prepared


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    about = {"aud": "https://openbao.cocdev.co.kr", "nbf": now, "exp": now + 300}
    return about | {"sub": "repo:cocdev/plate-infra:environment:stg"} | changed


def test_jenkins_logs_in_by_approle(
    server: Server, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "auth/approle/role/plate-llm-ci-stg"
    monkeypatch.setenv("BAO_AUTH_METHOD", "approle")
    monkeypatch.setenv("BAO_ROLE_ID", server.done("GET", f"{role}/role-id")["data"]["role_id"])
    secret_id = server.done("POST", f"{role}/secret-id")["data"]
    assert secret_id["secret_id_ttl"] == 30 * 24 * 3600
    monkeypatch.setenv("BAO_SECRET_ID", secret_id["secret_id"])
    for _ in range(2):  # two steps log in with one secret_id
        ended = call(*CHECK)
        assert ended.code == 0, (ended.out, ended.err)


@pytest.mark.usefixtures("server")
def test_github_logs_in_with_the_token_of_a_job(
    signing_key: ec.EllipticCurvePrivateKey,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("BAO_AUTH_METHOD", "jwt")
    monkeypatch.setenv("BAO_ROLE", "plate-llm-ci-stg")
    file = tmp_path / "openbao.jwt"
    monkeypatch.setenv("BAO_JWT_FILE", str(file))
    file.write_text(jwt.encode(claims(), signing_key, "ES256"))
    assert call(*CHECK).code == 0
    branch = claims(sub="repo:cocdev/plate-infra:ref:refs/heads/main")
    file.write_text(jwt.encode(branch, signing_key, "ES256"))
    assert call(*CHECK).code == 3


def test_ci_reads_what_staging_reads_and_nothing_else(server: Server) -> None:
    role = "auth/approle/role/plate-llm-ci-stg"
    login = {
        "role_id": server.done("GET", f"{role}/role-id")["data"]["role_id"],
        "secret_id": server.done("POST", f"{role}/secret-id")["data"]["secret_id"],
    }
    auth = server.done("POST", "auth/approle/login", login)["auth"]
    token, wanted = auth["client_token"], {"data": {"A": "b"}}
    assert auth["lease_duration"] == 600
    for path in ("server/staging", "server/cluster", "harbor/staging"):
        assert server.ask("GET", f"secret/data/{path}", token=token)[0] == 200
        assert server.ask("POST", f"secret/data/{path}", wanted, token=token)[0] == 403
    assert server.ask("GET", "secret/data/server/production", token=token)[0] == 403
    assert server.ask("GET", "secret/metadata/server/staging", token=token)[0] == 403


@pytest.fixture
def cluster(kube: Cluster, ours: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster where CI may do what kubernetes-access.yaml says; staging is in it."""
    ours.write(
        "plate-llm.toml", (ours.root / "plate-llm.toml").read_text() + "[contexts]\nstg = 'stg'\n"
    )
    path = kube.kubeconfig(tmp_path / "config", context="stg", token=TOKEN)
    monkeypatch.setenv("KUBECONFIG", str(path))
    kube.namespace("argocd", "plate-stg")
    objects = list(yaml.safe_load_all((FOLDER / "kubernetes-access.yaml").read_text("utf-8")))
    for obj in objects:
        kube.create(obj)
        for rule in obj.get("rules", ()):
            permit(kube, rule, obj["metadata"]["namespace"])
    kube.token(TOKEN, "ci")
    return kube


def deploy(cluster: Cluster, tree: Tree, script: scripts.Script) -> None:
    """Let ArgoCD take staging's Application to our commit, or not."""
    ArgoCD(cluster).plan("plate-llm-stg", script, revisions=[COMMIT])
    file = tree.root / "environments/argocd/apps/plate-llm-stg.yaml"
    cluster.create(yaml.safe_load(file.read_text("utf-8")))


def permit(kube: Cluster, rule: dict[str, Any], namespace: str) -> None:
    (group,) = rule["apiGroups"]
    for resource in rule["resources"]:
        for verb in rule["verbs"]:
            for name in rule.get("resourceNames", ["*"]):
                # A list or watch of one object names it in its selector, not in its path.
                named = "*" if verb in ("list", "watch") else name
                where = {"resource": resource, "namespace": namespace, "name": named}
                kube.permit(user="ci", verb=verb, group=group, **where)


def wait(call: Call, timeout: str = "20s") -> dict[str, Any]:
    """What `argocd wait` prints, with its exit code and what it says beside."""
    ended = call(
        "argocd", "wait", "stg", "--revision", COMMIT, "--timeout", timeout, "--format", "json"
    )
    found: dict[str, Any] = json.loads(ended.out)
    return found | {"code": ended.code, "err": ended.err}


def test_argocd_wait_may_do_what_it_needs(cluster: Cluster, ours: Tree, call: Call) -> None:
    deploy(cluster, ours, scripts.success())
    ended = wait(call)
    assert (ended["code"], ended["state"], ended["revisions"]) == (0, "up", [COMMIT])


def test_argocd_wait_may_see_what_is_in_the_way(cluster: Cluster, ours: Tree, call: Call) -> None:
    deploy(cluster, ours, scripts.stuck())
    ended = wait(call, timeout="1s")
    assert (ended["code"], ended["notes"], ended["err"]) == (1, [], "")
    paths = {
        request.path for request in cluster.requests if "/namespaces/plate-stg/" in request.path
    }
    assert {path.split("/plate-stg/")[1] for path in paths} == {
        "pods",
        "replicasets",
        "events",
        "deployments/web",
    }
