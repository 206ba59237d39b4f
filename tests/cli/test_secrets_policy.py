"""`secrets policy`: least privilege, written and proven on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.stores import KUBERNETES, make_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao


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
def test_environment_has_one_seeder_however_it_is_called(call: Call) -> None:
    assert call("secrets", "policy", "app-stg").out == call("secrets", "policy", "stg").out


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
    assert again.err == f"{name} is proven: what it should, and none of the other paths\n"


@pytest.mark.usefixtures("tree")
def test_what_was_done_for_programs(bao: Bao, call: Call) -> None:
    ended = call("secrets", "policy", "stg", "--for=reader", "--apply", "--yes", "--format=json")
    assert json.loads(ended.out)["policies"][0] | {"hcl": ""} == {
        "name": f"{bao.mount}-stg",
        "hcl": "",
        "grants": {f"{bao.mount}/data/server/stg": ["read"]},
        "standing": "new",
        "written": True,
        "proven": True,
        "wrong": [],
    }


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
def test_what_every_token_may_read_is_found_by_the_proof(bao: Bao, call: Call) -> None:
    before = bao.server.done("GET", "sys/policies/acl/default")["data"]["policy"]
    wide = f'{before}\npath "{bao.mount}/data/server/prod" {{ capabilities = ["read"] }}\n'
    bao.server.done("POST", "sys/policies/acl/default", {"policy": wide})
    try:
        ended = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--yes")
    finally:
        bao.server.done("POST", "sys/policies/acl/default", {"policy": before})
    assert ended.code == 1
    allowed = f"it allows read on {bao.mount}/data/server/prod"
    assert f"wrong: {bao.mount}-stg: {allowed}\n" in ended.err


@pytest.mark.usefixtures("tree")
def test_token_of_the_proof_is_gone_afterwards(bao: Bao, call: Call) -> None:
    before = bao.server.done("LIST", "auth/token/accessors")["data"]["keys"]
    assert call("secrets", "policy", "stg", "--apply", "--yes").code == 0
    assert bao.server.done("LIST", "auth/token/accessors")["data"]["keys"] == before


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
    assert call("secrets", "rotate", "stg", "SIGNING", "--yes").code == 0
    assert call("secrets", "rotate", "stg", "SIGNING", "--rollback", "--yes").code == 0
    assert call("secrets", "age", "stg").code == 0
    monkeypatch.setenv("SERVER_PROD__API_KEY", "a1b2c3d4-first")
    refused = call("secrets", "seed", "prod", "--yes")
    assert refused.code == 3
    assert f"{bao.mount}/data/server/prod" in refused.err


@pytest.mark.usefixtures("tree")
def test_operator_who_may_not_make_tokens_is_told_that_nothing_is_proven(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = """
    path "sys/policies/acl/*" { capabilities = ["create", "read", "update"] }
    path "auth/token/create" { capabilities = ["create", "update"] }
    """
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    ended = call("secrets", "policy", "stg", "--for", "reader", "--apply", "--yes")
    assert ended.code == 0
    assert ended.err == (
        f"{bao.mount}-stg is written\n"
        f"warning: {bao.mount}-stg is not proven, only read back: "
        "OpenBao refuses to write auth/token/create (HTTP 400)\n"
        "  a token to prove it with takes root, or sudo on auth/token/create\n"
    )


@pytest.mark.usefixtures("tree")
def test_all_that_may_not_be_written_is_named_before_the_first_write(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = 'path "sys/policies/acl/MOUNT-stg" { capabilities = ["read", "update"] }\n'
    policy += 'path "sys/policies/acl/*" { capabilities = ["read"] }\n'
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    bao.server.ask("DELETE", "sys/policies/acl/plate-llm-seeder-stg")
    ended = call("secrets", "policy", "stg", "--apply", "--yes")
    assert ended.code == 3
    assert ended.err == (
        "error: the token may not update sys/policies/acl/plate-llm-seeder-stg\n"
        "hint: no policy of ours allows that: it takes a token of who administers OpenBao\n"
    )
    assert bao.server.ask("GET", f"sys/policies/acl/{bao.mount}-stg")[0] == 404


def test_nothing_is_taken_from_readers_that_cannot_be_rendered(
    bao: Bao, call: Call, tree: Path
) -> None:
    broken = "apiVersion: v1\nkind: ConfigMap\nmetadata: ["
    (tree / "manifests/prod/broken.yaml").write_text(broken, "utf-8")
    ended = call("secrets", "policy", "stg", "--apply", "--yes")
    assert ended.code == 2
    assert ended.err.startswith("error: what app-prod reads is not known: it cannot be rendered\n")
    assert bao.server.ask("GET", f"sys/policies/acl/{bao.mount}-stg")[0] == 404
    shown = call("secrets", "policy", "stg")
    assert shown.code == 0
    assert shown.err.startswith("warning: not all is known that app-prod reads")


def test_path_of_another_environment_is_not_granted(bao: Bao, call: Call, tree: Path) -> None:
    store = tree / "manifests/stg/store.yaml"
    text = store.read_text("utf-8") + "    - extract: {key: server/prod}\n"
    store.write_text(text, "utf-8")
    ended = call("secrets", "policy", "stg", "--for", "reader")
    assert "data/server/prod" not in ended.out
    assert ended.err == (
        f"warning: {bao.mount}/server/prod is read in stg, and the spec gives it to prod: "
        f"{bao.mount}-stg may not read it\n"
    )


@pytest.mark.usefixtures("tree")
def test_yes_alone_writes_nothing_and_says_so(call: Call) -> None:
    ended = call("secrets", "policy", "stg", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "error: --yes goes with --apply: without it nothing is written\n"
