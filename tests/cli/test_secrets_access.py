"""`secrets access`: auth roles of the stores and of who seeds, on a real server."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from tests.cli.stores import JWT, KUBERNETES, make_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

LOGINS = {"kubernetes": KUBERNETES, "jwt": JWT}
CONFIGS = {"kubernetes": "kubernetes_host", "jwt": "oidc_discovery_url"}


def mounted(bao: Bao, method: str) -> str:
    """An auth method of the test's own: where it is."""
    mount = f"{method}-{bao.mount}"
    bao.server.done("POST", f"sys/auth/{mount}", {"type": method})
    return mount


def named(method: str, mount: str) -> str:
    """The login of a store by `method`, at `mount`."""
    login = LOGINS[method].replace("mountPath: kubernetes", f"mountPath: {mount}")
    return login.replace("path: jwt", f"path: {mount}")


@pytest.fixture
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_tree(bao, tmp_path / "tree", KUBERNETES)
    monkeypatch.chdir(root)
    return root


@pytest.mark.usefixtures("tree")
def test_role_of_a_store_as_a_command(bao: Bao, call: Call) -> None:
    ended = call("secrets", "access", "stg")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        f"bao write auth/kubernetes/role/{bao.mount}-stg \\\n"
        f"  token_policies={bao.mount}-stg \\\n"
        "  token_ttl=600 \\\n"
        "  token_max_ttl=3600 \\\n"
        "  token_no_default_policy=false \\\n"
        "  bound_service_account_names=reader \\\n"
        "  bound_service_account_namespaces=stg\n"
    )


@pytest.mark.parametrize("method", LOGINS)
def test_role_is_written_once(
    method: str, bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = mounted(bao, method)
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", named(method, mount)))
    path = f"auth/{mount}/role/{bao.mount}-stg"
    dry = call("secrets", "access", "stg", "--apply", "--dry-run")
    assert (dry.code, bao.server.ask("GET", path)[0]) == (0, 404)
    first = call("secrets", "access", "stg", "--apply", "--yes")
    assert (first.code, first.out.splitlines()[0]) == (0, f"{path}: new")
    assert first.err.endswith(f"\n{path} is written\n")
    role = bao.server.done("GET", path)["data"]
    assert role["token_policies"] == [f"{bao.mount}-stg"]
    if method == "jwt":
        assert role["bound_subject"] == "system:serviceaccount:stg:reader"
        assert role["bound_audiences"] == ["bao"]
    else:
        assert role["bound_service_account_namespaces"] == ["stg"]
    again = call("secrets", "access", "stg", "--apply", "--yes")
    assert (again.code, again.out) == (0, f"{path}: same\n")
    assert "is written" not in again.err


@pytest.mark.parametrize("method", LOGINS)
def test_what_else_a_login_needs_is_said(
    method: str, bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = mounted(bao, method)
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", named(method, mount)))
    ended = call("secrets", "access", "stg", "--apply", "--dry-run")
    config, policy = ended.err.splitlines()
    assert config == (
        f"warning: nobody can log in before {mount}/ is configured: "
        f"bao write auth/{mount}/config {CONFIGS[method]}=https://..."
    )
    assert policy == (
        f"warning: there is no policy {bao.mount}-stg yet: plate-llm secrets policy stg --apply"
    )


def test_role_that_was_opened_by_hand_is_put_right(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = mounted(bao, "kubernetes")
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", named("kubernetes", mount)))
    path = f"auth/{mount}/role/{bao.mount}-stg"
    assert call("secrets", "access", "stg", "--apply", "--yes").code == 0
    opened = bao.server.done("GET", path)["data"] | {
        "bound_service_account_names": ["*"],
        "bound_service_account_namespace_selector": "{}",
        "token_policies": ["admin"],
    }
    bao.server.done("POST", path, opened)
    ended = call("secrets", "access", "stg", "--apply", "--yes")
    assert ended.out == (
        f"{path}: different\n"
        f'  token_policies: ["admin"] -> ["{bao.mount}-stg"]\n'
        '  bound_service_account_names: ["*"] -> ["reader"]\n'
        '  bound_service_account_namespace_selector: "{}" -> ""\n'
    )
    assert call("secrets", "access", "stg", "--apply", "--yes").out == f"{path}: same\n"


def test_auth_method_that_is_not_there_names_the_command(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", named("kubernetes", "k8s/nowhere")))
    ended = call("secrets", "access", "stg", "--apply", "--yes")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        "error: OpenBao has no auth method at k8s/nowhere/\n"
        "hint: `bao auth enable -path=k8s/nowhere kubernetes` makes it\n"
    )


def test_another_auth_method_at_the_mount_gets_no_role(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = mounted(bao, "approle")
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", named("kubernetes", mount)))
    ended = call("secrets", "access", "stg", "--apply", "--yes")
    assert ended.code == 3
    assert ended.err.startswith(f"error: the auth method at {mount}/ is approle, not kubernetes\n")
    assert bao.server.ask("GET", f"auth/{mount}/role/{bao.mount}-stg")[0] == 404


def test_store_with_a_token_is_warned_of(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = "tokenSecretRef: {name: token, key: token}"
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", login))
    ended = call("secrets", "access", "stg")
    assert ended.out == ""
    assert ended.err == (
        "warning: SecretStore openbao of stg logs in with a token, which nobody renews: "
        "prefer kubernetes\n"
    )
    assert call("secrets", "policy", "stg").out.startswith("# policy stg-reader\n")


def test_approle_of_a_store_gets_the_id_that_the_store_has(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = mounted(bao, "approle")
    login = f"appRole: {{path: {mount}, roleId: id-ENV, secretRef: {{name: s, key: k}}}}"
    monkeypatch.chdir(make_tree(bao, tmp_path / "tree", login))
    path = f"auth/{mount}/role/stg-reader"
    shown = call("secrets", "access", "stg")
    assert shown.out.endswith(f"\nbao write {path}/role-id role_id=id-stg\n")
    ended = call("secrets", "access", "stg", "--apply", "--yes")
    assert ended.err.endswith(
        f"{path} is written\nits secret_id: bao write -wrap-ttl=10m -f {path}/secret-id\n"
    )
    assert bao.server.done("GET", f"{path}/role-id")["data"]["role_id"] == "id-stg"
    assert bao.server.done("GET", path)["data"]["token_policies"] == ["stg-reader"]
    assert call("secrets", "access", "stg", "--apply").out == f"{path}: same\n"


@pytest.mark.usefixtures("tree")
def test_method_that_no_store_uses(call: Call) -> None:
    ended = call("secrets", "access", "stg", "--method", "approle")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: no store of stg logs in by approle\n"
        "hint: they use kubernetes; the role of who seeds: --for seeder\n"
    )


def test_seeder_logs_in_with_what_was_handed_over_and_only_once(
    bao: Bao, call: Call, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount, file = mounted(bao, "approle"), tree / "secret-id"
    file.write_text("old", "utf-8")
    file.chmod(0o644)
    assert call("secrets", "policy", "stg", "--for", "seeder", "--apply", "--yes").code == 0
    seeder = ("secrets", "access", "stg", "--for", "seeder", "--mount", mount, "--apply", "--yes")
    ended = call(*seeder, "--secret-id-file", str(file))
    assert ended.code == 0
    token = file.read_text("utf-8").strip()
    assert token not in ended.out + ended.err
    told = ended.err.splitlines()
    assert f"  export BAO_AUTH_MOUNT={mount}" in told
    assert f"  export BAO_WRAPPED_SECRET_ID_FILE={file}" in told
    assert told[-1] == "  plate-llm secrets seed stg --login approle"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    role = f"auth/{mount}/role/plate-llm-seeder-stg"
    role_id = bao.server.done("GET", f"{role}/role-id")["data"]["role_id"]
    monkeypatch.delenv("BAO_TOKEN")
    monkeypatch.setenv("BAO_AUTH_MOUNT", mount)
    monkeypatch.setenv("BAO_ROLE_ID", role_id)
    monkeypatch.setenv("BAO_WRAPPED_SECRET_ID_FILE", str(file))
    monkeypatch.setenv("SERVER_STG__API_KEY", "a1b2c3d4-first")
    seeded = call("secrets", "seed", "stg", "--yes", "--login", "approle")
    assert (seeded.code, seeded.err) == (0, "")
    assert bao.data("server/stg")["API_KEY"] == "a1b2c3d4-first"
    again = call("secrets", "seed", "stg", "--yes", "--login", "approle")
    assert again.code == 3
    assert "the wrapping token holds no secret_id any more" in again.err


def test_secret_id_is_not_written_into_a_work_tree(bao: Bao, call: Call, tree: Path) -> None:
    mount = mounted(bao, "approle")
    (tree / ".git").mkdir()
    seeder = ("secrets", "access", "stg", "--for", "seeder", "--mount", mount, "--apply", "--yes")
    ended = call(*seeder, "--secret-id-file", "secret-id")
    assert ended.code == 2
    assert "lies in the Git work tree" in ended.err
    assert not (tree / "secret-id").exists()
    assert bao.server.ask("GET", f"auth/{mount}/role/plate-llm-seeder-stg")[0] == 404


@pytest.mark.usefixtures("tree")
def test_terms_of_who_seeds_are_written_once(bao: Bao, call: Call) -> None:
    mount = mounted(bao, "approle")
    seeder = ("secrets", "access", "stg", "--for", "seeder", "--mount", mount, "--apply", "--yes")
    terms = ("--cidr", "10.0.0.0/8", "--cidr", "127.0.0.1", "--secret-id-ttl", "90d")
    assert call(*seeder, *terms, "--secret-id-uses", "0").code == 0
    role = bao.server.done("GET", f"auth/{mount}/role/plate-llm-seeder-stg")["data"]
    assert role["token_policies"] == ["plate-llm-seeder-stg"]
    assert role["secret_id_bound_cidrs"] == ["10.0.0.0/8", "127.0.0.1/32"]
    assert (role["secret_id_ttl"], role["secret_id_num_uses"]) == (90 * 86400, 0)
    again = call(*seeder, *terms, "--secret-id-uses", "0", "--format", "json")
    assert json.loads(again.out)["roles"][0]["standing"] == "same"


@pytest.mark.usefixtures("tree")
def test_job_of_ci_seeds_by_its_own_token(bao: Bao, call: Call) -> None:
    mount = mounted(bao, "jwt")
    job = ("--subject", "repo:team/deploy:ref:refs/heads/main", "--audience", "https://bao")
    seeder = ("secrets", "access", "stg", "--for", "seeder", "--method", "jwt", "--mount", mount)
    assert call(*seeder, *job, "--apply", "--yes").code == 0
    role = bao.server.done("GET", f"auth/{mount}/role/plate-llm-seeder-stg")["data"]
    assert role["bound_subject"] == "repo:team/deploy:ref:refs/heads/main"
    assert role["bound_audiences"] == ["https://bao"]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--cidr", "10.0.0.0/8"], "that option is for who seeds: the stores say how they log in"),
        (["--for", "seeder", "--cidr", "10.0.0.1/8"], "--cidr '10.0.0.1/8' is no network"),
        (["--for", "seeder", "--secret-id-ttl", "90"], "--secret-id-ttl '90' is no time"),
        (["--for", "seeder", "--method", "jwt"], "jwt needs --subject and --audience"),
        (["--for", "seeder", "--method", "kubernetes"], "kubernetes needs --subject"),
        (
            ["--for", "seeder", "--secret-id-file", "x"],
            "--secret-id-file goes with --apply and approle",
        ),
        (["--yes"], "--yes goes with --apply: without it nothing is written"),
    ],
)
def test_call_that_makes_no_sense(given: list[str], said: str, call: Call) -> None:
    ended = call("secrets", "access", "stg", *given)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: {said}\n")
