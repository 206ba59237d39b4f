"""`secrets check --live` in the cluster: External Secrets, stores, and the keys of Secrets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cli.test_secrets_check import SECRETS, tree
from tests.cluster.double.external_secrets import ExternalSecrets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Outcome
    from tests.cluster.double.cluster import Cluster
    from tests.secrets.fixtures import Bao

__all__ = ["tree"]

VALUE = "swordfish-7a61"
MANIFESTS = "manifests/secrets.yaml"
STORE_LINE, EXTERNAL_LINE, KEY_LINE = 3, 14, 30


@pytest.fixture
def eso(
    bao: Bao, kube: Cluster, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ExternalSecrets:
    """OpenBao filled, the objects of the tree applied, and External Secrets at work."""
    del tree
    bao.put("server/stg", API_KEY=VALUE)
    monkeypatch.setenv("KUBECONFIG", str(kube.kubeconfig(tmp_path / "kubeconfig")))
    kube.namespace("stg")
    return ExternalSecrets(kube, {"server/stg": {"API_KEY": VALUE}})


def apply(kube: Cluster) -> None:
    """Create what the tree has, and let External Secrets come to rest."""
    for obj in yaml.safe_load_all(SECRETS):
        if obj["kind"] != "Pod":
            obj["metadata"]["namespace"] = "stg"
            kube.create(obj)
    settle(kube, "SecretStore", "openbao")
    settle(kube, "ExternalSecret", "app")


def settle(kube: Cluster, kind: str, name: str) -> None:
    """Wait until it has a condition."""
    with kube.api.store.changed:
        assert kube.api.store.changed.wait_for(
            lambda: kube.read(kind, name, "stg").get("status", {}).get("conditions"), 10
        )


def check(call: Call, *more: str) -> Outcome:
    return call("secrets", "check", "stg", "--live", "--format", "json", *more)


def found(ended: Outcome) -> list[tuple[str, str, int, str, str]]:
    assert VALUE not in ended.out + ended.err
    return [
        (
            item["rule"],
            item["severity"],
            item["location"]["line"],
            item["message"],
            item["help"],
        )
        for item in json.loads(ended.out)["findings"]
    ]


@pytest.mark.usefixtures("eso")
def test_all_has_arrived(kube: Cluster, call: Call) -> None:
    apply(kube)
    ended = check(call)
    assert (ended.code, found(ended)) == (0, [])
    assert ended.err == "looking at the current context of the kubeconfig: double\n"
    assert {request.method for request in kube.requests} == {"GET"}


@pytest.mark.usefixtures("eso")
def test_nothing_was_applied(call: Call) -> None:
    ended = check(call)
    assert ended.code == 1
    assert [(rule, line, message) for rule, _, line, message, _ in found(ended)] == [
        ("unsynced-secret", STORE_LINE, "SecretStore stg/openbao is not there"),
        ("unsynced-secret", EXTERNAL_LINE, "ExternalSecret stg/app is not there"),
    ]


@pytest.mark.parametrize(
    ("message", "help_text"),
    [
        ("could not get secret data from provider", "plate-llm secrets plan stg shows"),
        ("permission denied", "plate-llm secrets policy stg shows"),
    ],
)
def test_operator_s_reason_and_the_likely_cause(
    message: str, help_text: str, kube: Cluster, eso: ExternalSecrets, call: Call
) -> None:
    eso.fail("app", message)
    apply(kube)
    ended = check(call)
    ((rule, severity, line, said, advice),) = found(ended)
    assert (rule, severity, line) == ("unsynced-secret", "error", EXTERNAL_LINE)
    assert said == f"ExternalSecret stg/app is not ready: SecretSyncedError: {message}"
    assert advice.startswith(help_text)


def test_store_that_cannot_log_in(kube: Cluster, eso: ExternalSecrets, call: Call) -> None:
    eso.fail("openbao", "unable to log in with Kubernetes auth: invalid role name")
    apply(kube)
    ((rule, _, line, said, advice),) = found(check(call))
    assert (rule, line) == ("unsynced-secret", STORE_LINE)
    assert said.startswith("SecretStore stg/openbao is not ready: InvalidProviderConfig: unable")
    assert advice == "plate-llm secrets policy stg shows the role that has to be in OpenBao"


@pytest.mark.usefixtures("eso")
def test_key_that_the_secret_lacks(kube: Cluster, call: Call) -> None:
    apply(kube)
    kube.patch("Secret", "app", {"data": {"API_KEY": None, "OTHER": "eA=="}}, "stg")
    ended = check(call)
    assert ended.code == 1
    assert [item[:4] for item in found(ended)] == [
        ("missing-projected-key", "error", KEY_LINE, "Secret app in stg has no key API_KEY")
    ]


@pytest.mark.usefixtures("eso")
def test_secret_that_somebody_deleted(kube: Cluster, call: Call) -> None:
    apply(kube)
    kube.delete("Secret", "app", "stg")
    assert [item[:4] for item in found(check(call))] == [
        ("missing-projected-key", "error", KEY_LINE, "there is no Secret app in stg")
    ]


@pytest.mark.usefixtures("eso")
def test_secret_that_is_older_than_openbao_s_values(kube: Cluster, call: Call) -> None:
    kube.api.clock.skew = timedelta(hours=-1)
    apply(kube)
    kube.api.clock.skew = timedelta()
    ended = check(call)
    assert ended.code == 0
    ((rule, severity, line, message, advice),) = found(ended)
    assert (rule, severity, line) == ("missing-projected-key", "warning", EXTERNAL_LINE)
    assert message.startswith("Secret app is older than what OpenBao holds: kv")
    assert message.endswith("and read 1h ago")
    assert "kubectl -n stg annotate externalsecret app force-sync=" in advice


@pytest.mark.usefixtures("eso")
def test_another_namespace(kube: Cluster, call: Call) -> None:
    apply(kube)
    messages = [item[3] for item in found(check(call, "--namespace", "default"))]
    assert messages[1] == "ExternalSecret default/app is not there"


@pytest.mark.usefixtures("eso")
def test_secrets_that_may_not_be_read_are_said_and_the_rest_is_looked_at(
    kube: Cluster, call: Call
) -> None:
    apply(kube)
    kube.deny(resource="secrets")
    ended = check(call)
    assert (ended.code, found(ended)) == (0, [])
    assert "warning: not looked at: may not read Secret stg/app: " in ended.err


@pytest.mark.usefixtures("eso")
def test_refusal_ends_with_3_after_what_openbao_lacks_is_reported(
    bao: Bao, kube: Cluster, call: Call
) -> None:
    bao.put("server/stg", OTHER="x")
    kube.deny(resource="externalsecrets")
    ended = check(call)
    assert ended.code == 3
    assert [item[0] for item in found(ended)] == ["unknown-secret", "absent-secret"]
    assert "error: may not list externalsecrets in stg: " in ended.err


@pytest.mark.usefixtures("eso")
def test_cluster_without_external_secrets(kube: Cluster, call: Call) -> None:
    kube.delete("CustomResourceDefinition", "externalsecrets.external-secrets.io")
    ended = check(call)
    assert ended.code == 3
    assert ended.err.endswith(
        "error: the cluster knows no ExternalSecret of external-secrets.io/v1\n"
        "hint: install the External Secrets Operator, with its CRDs; "
        "--no-cluster looks into OpenBao alone\n"
    )


@pytest.mark.usefixtures("eso")
def test_cluster_is_left_out_on_request(kube: Cluster, call: Call) -> None:
    ended = check(call, "--no-cluster")
    assert (ended.code, found(ended), ended.err) == (0, [], "")
    assert kube.requests == []


@pytest.mark.usefixtures("eso")
def test_without_a_kubeconfig_openbao_alone_is_looked_into(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG")
    ended = check(call)
    assert (ended.code, found(ended)) == (0, [])
    assert ended.err == ("the cluster was not looked at: there is no kubeconfig\n")


@pytest.mark.usefixtures("eso")
@pytest.mark.parametrize("kubeconfig", ["none", "there"])
def test_context_that_is_none_is_an_error(
    kubeconfig: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kubeconfig == "none":
        monkeypatch.delenv("KUBECONFIG")
    ended = check(call, "--context", "prod")
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.usefixtures("eso")
def test_broken_kubeconfig_is_an_error(call: Call, tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("contexts: [\n", "utf-8")
    ended = check(call)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: {tmp_path}/kubeconfig is no kubeconfig: ")


@pytest.mark.usefixtures("eso")
def test_context_of_another_environment_is_refused(kube: Cluster, call: Call, tree: Path) -> None:
    with (tree / "plate-llm.toml").open("a", encoding="utf-8") as settings:
        settings.write('[contexts]\nstg = "staging-cluster"\n')
    ended = check(call, "--context", "double")
    assert ended.code == 2
    assert "stg is in the context 'staging-cluster', not in 'double'" in ended.err
    assert kube.requests == []


@pytest.mark.usefixtures("tree")
def test_options_of_the_cluster_go_with_it(call: Call) -> None:
    ended = call("secrets", "check", "stg", "--namespace", "x")
    assert (ended.code, ended.err) == (
        2,
        "error: --context, --namespace and --yes-really are about the cluster, which is left out\n"
        "hint: add --live\n",
    )
