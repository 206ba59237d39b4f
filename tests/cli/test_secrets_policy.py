"""`secrets policy`, `access` and `token`: least privilege, written and proven on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

SPEC = """\
  server/stg:
    environments: [stg]
    keys:
      API_KEY: {prompt: true, rotation: 9d}
  server/prod:
    environments: [prod]
    keys:
      API_KEY: {prompt: true}
"""
STORE = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: openbao, namespace: ENV}
spec:
  provider:
    vault:
      server: https://openbao.example.com
      path: MOUNT
      version: v2
      auth:
        LOGIN
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: ENV}
spec:
  secretStoreRef: {kind: SecretStore, name: openbao}
  target: {name: app}
  dataFrom:
    - extract: {key: server/ENV}
"""
KUBERNETES = (
    "kubernetes: {mountPath: kubernetes, role: MOUNT-ENV, serviceAccountRef: {name: reader}}"
)
JWT = (
    "jwt: {path: jwt, role: MOUNT-ENV, kubernetesServiceAccountToken: "
    "{serviceAccountRef: {name: reader, audiences: [bao]}}}"
)
LOGINS = {"kubernetes": KUBERNETES, "jwt": JWT}


def make_tree(bao: Bao, root: Path, login: str) -> Path:
    bao.tree(root, SPEC, ("stg", "prod"))
    for env in ("stg", "prod"):
        text = (root / f"apps/{env}.yaml").read_text("utf-8")
        text = text.replace("path: manifests", f"path: manifests/{env}")
        (root / f"apps/{env}.yaml").write_text(text, "utf-8")
        (root / "manifests" / env).mkdir()
        store = STORE.replace("LOGIN", login).replace("ENV", env).replace("MOUNT", bao.mount)
        (root / "manifests" / env / "store.yaml").write_text(store, "utf-8")
    return root


@pytest.fixture
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_tree(bao, tmp_path / "tree", KUBERNETES)
    monkeypatch.chdir(root)
    return root


@pytest.mark.usefixtures("tree")
def test_policies_name_exact_paths(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAO_ADDR")  # nobody is asked
    ended = call("secrets", "policy", "stg")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        f"# policy {bao.mount}-stg\n"
        "# What SecretStore openbao may read.\n"
        "# Made by plate-llm secrets policy; changes here are lost.\n"
        "\n"
        f'path "{bao.mount}/data/server/stg" {{\n'
        '  capabilities = ["read"]\n'
        "}\n"
        "\n"
        "# policy plate-llm-seeder-stg\n"
        "# Seeds and rotates the secrets of stg.\n"
        "# Made by plate-llm secrets policy; changes here are lost.\n"
        "\n"
        f'path "{bao.mount}/data/server/stg" {{\n'
        '  capabilities = ["create", "read", "update"]\n'
        "}\n"
        "\n"
        f'path "{bao.mount}/metadata/server/stg" {{\n'
        '  capabilities = ["patch", "read"]\n'
        "}\n"
    )


@pytest.mark.usefixtures("tree")
def test_policies_are_written_and_proven_once(bao: Bao, call: Call) -> None:
    name = f"{bao.mount}-stg"
    dry = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--dry-run")
    assert dry.out.startswith(f"{name}: new\n")
    assert bao.server.ask("GET", f"sys/policies/acl/{name}")[0] == 404
    first = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--yes")
    assert first.code == 0
    assert first.err == (
        f"{name} is written\n{name} is proven: what it should, and none of the other paths\n"
    )
    again = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--yes")
    assert again.out == f"{name}: same\n"
    assert f"{name} is proven" in again.err


@pytest.mark.usefixtures("tree")
def test_policy_that_was_widened_by_hand_is_put_right(bao: Bao, call: Call) -> None:
    name = f"{bao.mount}-stg"
    wide = f'path "{bao.mount}/data/*" {{\n  capabilities = ["read"]\n}}\n'
    bao.server.done("POST", f"sys/policies/acl/{name}", {"policy": wide})
    ended = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--yes")
    assert ended.out.startswith(f"{name}: different\n")
    assert f'  -path "{bao.mount}/data/*" {{\n' in ended.out
    assert ended.code == 0
    token = bao.server.done("POST", "auth/token/create", {"policies": [name]})
    given = token["auth"]["client_token"]
    assert bao.server.ask("GET", f"{bao.mount}/data/server/prod", token=given)[0] == 403


@pytest.mark.usefixtures("tree")
def test_seeder_can_do_what_seeding_takes_and_no_more(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("secrets", "policy", "stg", "--for", "seeder", "--apply", "--yes").code == 0
    token = bao.server.done("POST", "auth/token/create", {"policies": ["plate-llm-seeder-stg"]})
    monkeypatch.setenv("BAO_TOKEN", token["auth"]["client_token"])
    monkeypatch.setenv("SERVER_STG__API_KEY", "a1b2c3d4-first")
    assert call("secrets", "seed", "stg", "--yes").code == 0
    monkeypatch.setenv("SERVER_STG__API_KEY", "a1b2c3d4-second")
    ended = call("secrets", "seed", "stg", "--yes", "--overwrite", "API_KEY")
    assert (ended.code, ended.err) == (0, "")
    assert list(bao.annotations("server/stg")) == ["changed-at.API_KEY"]
    monkeypatch.setenv("SERVER_PROD__API_KEY", "a1b2c3d4-first")
    refused = call("secrets", "seed", "prod", "--yes")
    assert refused.code == 3
    assert f"{bao.mount}/data/server/prod" in refused.err


@pytest.mark.usefixtures("tree")
def test_operator_who_may_not_make_tokens_is_told_that_nothing_is_proven(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = 'path "sys/policies/acl/*" { capabilities = ["create", "read", "update"] }'
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    ended = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--yes")
    assert ended.code == 0
    assert f"warning: {bao.mount}-stg is not proven: the token may not" in ended.err


@pytest.mark.usefixtures("tree")
def test_role_of_a_store_as_a_command(bao: Bao, call: Call) -> None:
    assert call("secrets", "access", "stg").out == (
        f"bao write auth/kubernetes/role/{bao.mount}-stg \\\n"
        f"  token_policies={bao.mount}-stg \\\n"
        "  token_ttl=600 \\\n"
        "  token_max_ttl=3600 \\\n"
        "  bound_service_account_names=reader \\\n"
        "  bound_service_account_namespaces=stg\n"
    )


@pytest.mark.parametrize("method", LOGINS)
def test_role_is_written_once(
    method: str, bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = f"{method}-{bao.mount}"
    bao.server.done("POST", f"sys/auth/{mount}", {"type": method})
    named = LOGINS[method].replace("mountPath: kubernetes", f"mountPath: {mount}")
    named = named.replace("path: jwt", f"path: {mount}")
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", named))
    path = f"auth/{mount}/role/{bao.mount}-stg"
    first = call("secrets", "access", "stg", "--apply", "--yes")
    assert (first.code, first.err) == (0, f"{path} is written\n")
    assert first.out.startswith(f"{path}: new\n")
    role = bao.server.done("GET", path)["data"]
    assert role["token_policies"] == [f"{bao.mount}-stg"]
    if method == "jwt":
        assert role["bound_subject"] == "system:serviceaccount:stg:reader"
        assert role["bound_audiences"] == ["bao"]
    else:
        assert role["bound_service_account_namespaces"] == ["stg"]
    again = call("secrets", "access", "stg", "--apply", "--yes")
    assert (again.out, again.err) == (f"{path}: same\n", "")


def test_store_with_a_token_is_warned_of(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = "tokenSecretRef: {name: token, key: token}"
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", login))
    ended = call("secrets", "access", "stg")
    assert ended.out == ""
    assert "SecretStore openbao logs in with a token, which nobody renews" in ended.err


def test_approle_of_a_store_gets_the_id_that_the_store_has(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao.server.done("POST", f"sys/auth/approle-{bao.mount}", {"type": "approle"})
    login = (
        f"appRole: {{path: approle-{bao.mount}, roleId: id-ENV, secretRef: {{name: s, key: k}}}}"
    )
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", login))
    path = f"auth/approle-{bao.mount}/role/stg-openbao"
    ended = call("secrets", "access", "stg", "--apply", "--yes")
    assert ended.err == (
        f"{path} is written\nits secret_id: bao write -wrap-ttl=10m -f {path}/secret-id\n"
    )
    assert bao.server.done("GET", f"{path}/role-id")["data"]["role_id"] == "id-stg"
    assert bao.server.done("GET", path)["data"]["token_policies"] == ["stg-openbao"]


@pytest.mark.usefixtures("tree")
def test_token_is_renewed(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"policies": ["default"], "period": "2h", "ttl": "2h"}
    token = bao.server.done("POST", "auth/token/create", body)["auth"]["client_token"]
    monkeypatch.setenv("BAO_TOKEN", token)
    ended = call("secrets", "token", "--renew")
    assert (ended.code, ended.err) == (0, "")
    assert "renewable  yes, by 2 h each time\n" in ended.out
    assert "warning: it has no policy of its own" in ended.out


@pytest.mark.usefixtures("tree")
def test_root_token_is_warned_of_and_not_shown(bao: Bao, call: Call) -> None:
    ended = call("secrets", "token")
    assert (ended.code, ended.err) == (0, "")
    assert f"server     {bao.address} (BAO_ADDR)\n" in ended.out
    assert "expires    never\n" in ended.out
    assert "warning: a root token may do everything" in ended.out
    assert bao.token not in ended.out


@pytest.mark.usefixtures("tree")
def test_token_that_expires_soon(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAO_TOKEN", bao.token_with('path "x" {}', ttl="30m"))
    facts = json.loads(call("secrets", "token", "--format", "json").out)
    assert facts["renewable"] is True
    assert 1790 < facts["ttl"] <= 1800
    assert [text.partition(" in ")[0] for text in facts["warnings"]] == ["it expires"]


@pytest.mark.usefixtures("tree")
def test_token_that_openbao_does_not_know(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAO_TOKEN", "s.unknown")
    ended = call("secrets", "token")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("error: OpenBao does not know the token")
