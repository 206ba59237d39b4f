"""`secrets rotate --sync --restart`: a real OpenBao, and External Secrets of the double."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_secrets_rotate import OLD, env_file, tree
from tests.cluster.double.external_secrets import ExternalSecrets
from tests.cluster.double.workloads import deployment
from tests.secrets.provider import Provider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Outcome
    from tests.cluster.double.cluster import Cluster
    from tests.secrets.deployments import SecretsTree
    from tests.secrets.fixtures import Bao

__all__ = ["env_file", "tree"]

ANNOTATION = "kubectl.kubernetes.io/restartedAt"
CONTEXTS = '\n[contexts]\nweb-stg = "double"\nweb-prod = "double"\n'


@pytest.fixture
def eso(
    bao: Bao, kube: Cluster, tree: SecretsTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ExternalSecrets:
    """Both environments in one cluster, synced."""
    monkeypatch.setenv("KUBECONFIG", str(kube.kubeconfig(tmp_path / "kubeconfig")))
    monkeypatch.setattr("plate_llm_cli.cluster.external_secrets._LOOK", 0.02)
    tree.write("plate-llm.toml", CONTEXTS)
    kube.namespace("stg", "prod")
    operator = ExternalSecrets(kube, {})
    operator.values = Provider(bao)
    for namespace, path in (("stg", "server/staging"), ("prod", "server/production")):
        external(kube, "app", namespace, path)
        external(kube, "shared", namespace, "server/cluster")
        kube.create(deployment(f"web-{namespace}", namespace))
    return operator


def external(kube: Cluster, name: str, namespace: str, path: str, **spec: Any) -> None:
    """An ExternalSecret that has synced."""
    kube.create(
        {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"dataFrom": [{"extract": {"key": path}}], **spec},
        }
    )
    with kube.api.store.changed:
        assert kube.api.store.changed.wait_for(
            lambda: kube.read("ExternalSecret", name, namespace).get("status"), 10
        )


def rotate(call: Call, *more: str) -> Outcome:
    ended = call("secrets", "rotate", "web-stg", *more)
    assert OLD not in ended.out + ended.err
    return ended


def restarted(kube: Cluster, namespace: str = "stg") -> bool:
    template = kube.read("Deployment", f"web-{namespace}", namespace)["spec"]["template"]
    return ANNOTATION in template["metadata"].get("annotations", {})


def values(kube: Cluster, name: str = "app", namespace: str = "stg") -> dict[str, str]:
    return dict(kube.read("Secret", name, namespace)["data"])


@pytest.mark.usefixtures("eso")
def test_secret_has_the_new_value_before_the_pods_start_anew(
    bao: Bao, kube: Cluster, call: Call
) -> None:
    before = values(kube)
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 0
    assert ended.out == (
        f"{bao.mount}/server/staging version 2: JWT_SECRET, URL\n"
        "2 keys written in 1 path\n"
        "\n"
        "# stg: ExternalSecret/app has read the new values\n"
        "# stg: Deployment/web-stg starts anew\n"
    )
    assert ended.err.endswith("plate-llm status web-stg shows how the pods come up\n")
    assert values(kube)["JWT_SECRET"] != before["JWT_SECRET"]
    assert restarted(kube)
    assert [request.path.rpartition("/")[2] for request in kube.asked("PATCH")] == [
        "app",
        "web-stg",
    ]


@pytest.mark.usefixtures("eso")
def test_no_value_goes_to_the_api_server(bao: Bao, kube: Cluster, call: Call) -> None:
    old = bao.data("server/staging")["JWT_SECRET"]
    assert rotate(call, "JWT_SECRET", "--restart").code == 0
    new = bao.data("server/staging")["JWT_SECRET"]
    assert new != old
    assert len(kube.asked("PATCH")) == 2
    for request in kube.requests:
        assert new.encode() not in request.body
        assert bao.token.encode() not in request.body + str(request.headers).encode()


@pytest.mark.usefixtures("eso")
def test_sync_alone_leaves_the_restart(kube: Cluster, call: Call) -> None:
    ended = rotate(call, "JWT_SECRET", "--sync")
    assert ended.code == 0
    assert ended.out.endswith(
        "\n"
        "# stg: ExternalSecret/app has read the new values\n"
        "\n"
        "# stg: the pods start anew\n"
        "kubectl -n stg rollout restart deployment/web-stg\n"
    )
    assert not restarted(kube)


@pytest.mark.usefixtures("eso")
def test_all_environments_of_a_shared_path_in_the_same_cluster(
    kube: Cluster, call: Call, env_file: str
) -> None:
    given = ("OPENAI_API_KEY", "--from-env-file", env_file, "--yes", "--restart")
    ended = rotate(call, *given)
    assert ended.code == 0
    assert ended.out.endswith(
        "2 keys written in 2 paths\n"
        "\n"
        "# prod: ExternalSecret/shared has read the new values\n"
        "# stg: ExternalSecret/shared has read the new values\n"
        "# prod: ExternalSecret/app has read the new values\n"
        "# prod: Deployment/web-prod starts anew\n"
        "# stg: Deployment/web-stg starts anew\n"
    )
    assert restarted(kube, "stg")
    assert restarted(kube, "prod")


@pytest.mark.usefixtures("eso")
def test_environment_in_another_context_is_left_with_its_commands(
    kube: Cluster, call: Call, env_file: str, tree: SecretsTree
) -> None:
    tree.write("plate-llm.toml", CONTEXTS.replace('web-prod = "double"', 'web-prod = "other"'))
    given = ("OPENAI_API_KEY", "--from-env-file", env_file, "--yes", "--restart")
    ended = rotate(call, *given)
    assert ended.code == 0
    assert "warning: prod is not in the context double, and left to you\n" in ended.err
    assert ended.out.endswith(
        "# stg: ExternalSecret/shared has read the new values\n"
        "# stg: Deployment/web-stg starts anew\n"
        "\n"
        "# prod: External Secrets reads the new values\n"
        "kubectl -n prod annotate externalsecret shared force-sync=$(date +%s) --overwrite\n"
        "kubectl -n prod annotate externalsecret app force-sync=$(date +%s) --overwrite\n"
        "# prod: the pods start anew, once .status.refreshTime of each is new\n"
        "kubectl -n prod rollout restart deployment/web-prod\n"
    )
    assert not restarted(kube, "prod")


def test_sync_that_fails_leaves_the_pods_as_they_are(
    bao: Bao, kube: Cluster, eso: ExternalSecrets, call: Call
) -> None:
    eso.fail("app", "could not get secret data from provider")
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 1
    assert ended.out.endswith(
        "\n"
        "# stg: ExternalSecret/app: "
        "SecretSyncedError: could not get secret data from provider\n"
        "\n"
        "# stg: External Secrets reads the new values\n"
        "kubectl -n stg annotate externalsecret app force-sync=$(date +%s) --overwrite\n"
        "# stg: the pods start anew, once .status.refreshTime of each is new\n"
        "kubectl -n stg rollout restart deployment/web-stg\n"
    )
    assert bao.version("server/staging") == 2
    assert not restarted(kube)


@pytest.mark.usefixtures("eso")
def test_external_secret_that_reads_once_is_left(
    kube: Cluster, call: Call, tree: SecretsTree
) -> None:
    tree.replace("secrets/stg/app.yaml", "spec:\n", "spec:\n  refreshInterval: 0h0m0s\n")
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 1
    assert "kubectl -n stg delete secret app\n" in ended.out
    assert kube.asked("PATCH") == []


@pytest.mark.usefixtures("eso")
@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ("externalsecrets", "patch ExternalSecret stg/app"),
        ("deployments", "patch Deployment stg/web-stg"),
    ],
)
def test_without_the_rights_nothing_is_rotated(
    resource: str, named: str, bao: Bao, kube: Cluster, call: Call
) -> None:
    kube.deny(verb="patch", resource=resource)
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.endswith(
        "error: not all of it may be done in the cluster, nothing was rotated\n"
        f"  {named}\n"
        "hint: ask who runs the cluster for these rights, or leave out --sync and --restart\n"
    )
    assert bao.version("server/staging") == 1


@pytest.mark.usefixtures("eso")
def test_cluster_without_external_secrets_rotates_nothing(
    bao: Bao, kube: Cluster, call: Call
) -> None:
    kube.delete("CustomResourceDefinition", "externalsecrets.external-secrets.io")
    ended = rotate(call, "JWT_SECRET", "--sync")
    assert (ended.code, ended.out, bao.version("server/staging")) == (3, "", 1)
    assert "the cluster knows no ExternalSecret" in ended.err


@pytest.mark.usefixtures("eso")
def test_context_that_nothing_names_rotates_nothing(
    bao: Bao, kube: Cluster, call: Call, tree: SecretsTree
) -> None:
    tree.write("plate-llm.toml", "")
    ended = rotate(call, "JWT_SECRET", "--sync")
    assert (ended.code, ended.out, bao.version("server/staging")) == (2, "", 1)
    assert "nothing says that web-stg is in the context 'double'" in ended.err
    assert kube.requests == []


@pytest.mark.usefixtures("eso")
def test_api_server_that_fails_after_the_write_leaves_the_commands(
    bao: Bao, kube: Cluster, call: Call
) -> None:
    kube.fault("/externalsecrets/", method="PATCH", status=500, times=None)
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 3
    assert "kubectl -n stg annotate externalsecret app force-sync=" in ended.out
    assert "kubectl -n stg rollout restart deployment/web-stg\n" in ended.out
    assert bao.version("server/staging") == 2


@pytest.mark.usefixtures("eso")
def test_key_that_nothing_reads(kube: Cluster, call: Call, tree: SecretsTree) -> None:
    for path in ("secrets/stg/app.yaml", "charts/web/templates/deployment.yaml"):
        (tree.root / path).unlink()
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 0
    assert ended.out.endswith("2 keys written in 1 path\n\n# nothing in the tree reads it\n")
    assert kube.asked("PATCH") == []


@pytest.mark.usefixtures("eso")
def test_interrupt_after_the_write_leaves_the_commands(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("plate_llm_cli.cluster.external_secrets.wait", interrupted)
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 130
    assert "kubectl -n stg annotate externalsecret app force-sync=" in ended.out
    assert "kubectl -n stg rollout restart deployment/web-stg\n" in ended.out


@pytest.mark.usefixtures("eso")
def test_dry_run_changes_nothing_and_shows_all(bao: Bao, kube: Cluster, call: Call) -> None:
    ended = rotate(call, "JWT_SECRET", "--restart", "--dry-run")
    assert ended.code == 0
    assert ended.out.endswith(
        "\n"
        "# stg: ExternalSecret/app would be asked to read the new values\n"
        "# stg: Deployment/web-stg would start anew\n"
    )
    assert bao.version("server/staging") == 1
    assert kube.asked("PATCH") == []


@pytest.mark.usefixtures("eso")
@pytest.mark.parametrize(
    ("spec", "trouble"),
    [
        (None, "it is not there"),
        ({"paused": True}, "its roll-out is paused: kubectl rollout resume"),
    ],
)
def test_deployment_that_cannot_start_anew(
    spec: dict[str, Any] | None, trouble: str, kube: Cluster, call: Call
) -> None:
    if spec is None:
        kube.delete("Deployment", "web-stg", "stg")
    else:
        kube.patch("Deployment", "web-stg", {"spec": spec}, "stg")
    ended = rotate(call, "JWT_SECRET", "--restart")
    assert ended.code == 1
    assert f"# stg: Deployment/web-stg: {trouble}\n" in ended.out


@pytest.mark.usefixtures("tree")
def test_options_of_the_cluster_go_with_it(call: Call) -> None:
    ended = call("secrets", "rotate", "web-stg", "JWT_SECRET", "--yes-really")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, "hint: add --sync or --restart")
