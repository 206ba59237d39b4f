"""`validate --live`: the cluster's findings among the others, in charts, in every format."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster import connection

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

HERE = Path(__file__).parents[2]
CANARY = "canary-that-nobody-may-see"


@pytest.fixture
def plate(kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this repository's deployment, and a cluster in which it would come up."""
    root = tmp_path / "plate"
    for folder in ("charts", "environments"):
        shutil.copytree(HERE / folder, root / folder)
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    reach(kube, tmp_path, monkeypatch)
    furnish(kube)
    return root


def reach(kube: Cluster, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kube.kubeconfig(folder / "kubeconfig", token=CANARY)))


def furnish(kube: Cluster) -> None:
    """What the staging environment relies on."""
    kube.namespace("plate-stg")
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    put(kube, "cert-manager.io/v1", "ClusterIssuer", "letsencrypt-prod", spec={}, status=ready)
    spec = {"controller": "k8s.io/ingress-nginx"}
    put(kube, "networking.k8s.io/v1", "IngressClass", "nginx", spec=spec)
    secret(kube, "cluster-env-secrets", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "LANGCHAIN_API_KEY")
    secret(kube, "app-env-secrets", "JWT_SECRET")
    auths = {"harbor.cocdev.co.kr": {"username": "robot", "password": CANARY}}
    written = base64.b64encode(json.dumps({"auths": auths}).encode()).decode()
    place = {"name": "harbor-docker-secret", "namespace": "plate-stg"}
    login = {"metadata": place, "data": {".dockerconfigjson": written}}
    kind = "kubernetes.io/dockerconfigjson"
    kube.create({"apiVersion": "v1", "kind": "Secret", "type": kind, **login})


def secret(kube: Cluster, name: str, *keys: str) -> None:
    value = base64.b64encode(CANARY.encode()).decode()
    place = {"name": name, "namespace": "plate-stg"}
    data = dict.fromkeys(keys, value)
    kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": place, "data": data})


def put(kube: Cluster, api_version: str, kind: str, name: str, **more: Any) -> None:
    kube.create({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **more})


def findings(call: Call, *more: str) -> list[tuple[str, str, str]]:
    """Rule, place and message of each."""
    arguments = ("validate", "stg", "--live", "--format", "json", *more)
    ended = call(*arguments)
    listed = json.loads(ended.out)["findings"]
    assert ended.code == int(any(item["severity"] == "error" for item in listed))
    return [
        (
            item["rule"],
            "{path}:{line}:{column}".format_map(item["location"]),
            item["message"],
        )
        for item in listed
    ]


@pytest.mark.usefixtures("plate")
def test_environment_that_would_come_up(kube: Cluster, call: Call) -> None:
    assert findings(call) == []
    changes = [one for one in kube.requests if one.method != "GET"]
    assert {(one.method, one.query.get("dryRun")) for one in changes} == {("PATCH", "All")}
    assert not kube.exists("Deployment", "plate-llm-stg", "plate-stg")
    assert len(changes) == 13


VALUES = "charts/plate-llm/values-stg.yaml"


@pytest.mark.usefixtures("plate")
def test_findings_are_on_the_values_to_change(kube: Cluster, call: Call) -> None:
    kube.delete("IngressClass", "nginx")
    kube.delete("ClusterIssuer", "letsencrypt-prod")
    kube.delete("Secret", "app-env-secrets", "plate-stg")
    kube.delete("Secret", "cluster-env-secrets", "plate-stg")
    secret(kube, "cluster-env-secrets", "OPENAI_API_KEY", "LANGCHAIN_API_KEY")
    assert findings(call) == [
        (
            "missing-object",
            f"{VALUES}:26:7",
            "Secret cluster-env-secrets in plate-stg has no key ANTHROPIC_API_KEY yet: "
            "ClusterExternalSecret cluster-env-secrets makes it at the next sync",
        ),
        (
            "missing-object",
            f"{VALUES}:32:7",
            "Secret app-env-secrets is not in plate-stg yet: "
            "ExternalSecret app-env-secrets makes it at the next sync",
        ),
        (
            "missing-class",
            f"{VALUES}:40:3",
            "the cluster has no IngressClass nginx: no controller takes this Ingress",
        ),
        (
            "unusable-issuer",
            f"{VALUES}:42:5",
            "there is no ClusterIssuer letsencrypt-prod",
        ),
    ]


@pytest.mark.usefixtures("plate")
def test_refused_field_is_on_the_value_behind_it(kube: Cluster, call: Call) -> None:
    message = (
        'Ingress.networking.k8s.io "plate-llm-stg" is invalid: spec.rules[0].host: '
        'Invalid value: "llm.cocdev.co.kr": taken'
    )
    kube.fault("/ingresses/plate-llm-stg", method="PATCH", status=422, message=message)
    found = [item for item in findings(call) if "Ingress" in item[2]]
    assert found == [
        (
            "refused-object",
            f"{VALUES}:48:7",
            "the API server refuses Ingress plate-llm-stg: spec.rules[0].host: "
            'Invalid value: "llm.cocdev.co.kr": taken',
        )
    ]


@pytest.mark.usefixtures("plate")
def test_missing_crd(kube: Cluster, call: Call) -> None:
    kube.delete("CustomResourceDefinition", "servicemonitors.monitoring.coreos.com")
    (found,) = findings(call)
    assert found == (
        "missing-kind",
        "charts/plate-llm/templates/metrics.yaml:22:1",
        "the cluster knows no ServiceMonitor of monitoring.coreos.com/v1",
    )


@pytest.mark.usefixtures("plate")
def test_namespace_that_argocd_will_create(kube: Cluster, call: Call) -> None:
    kube.delete("Namespace", "plate-stg")
    found = findings(call)
    assert (
        "unchecked-live",
        "environments/argocd/apps/openbao-secrets-manager-stg.yaml:24:16",
        "namespace plate-stg comes with the first sync: what goes there cannot be tried yet",
    ) in found
    assert kube.asked("PATCH") == []


POD = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: own}}
stringData: {{note: {CANARY}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  priorityClassName: high
  imagePullSecrets: [{{name: harbor-docker-secret}}]
  containers:
    - name: app
      image: other.example.com/app:1
      env:
        - name: A
          valueFrom: {{secretKeyRef: {{name: app-env-secrets, key: ABSENT}}}}
"""


@pytest.fixture
def plain(tree: Tree, kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Plain manifests, which need no Helm, in the namespace of `furnish`."""
    tree.take_plain_manifests("manifests")
    tree.replace("apps/web-stg.yaml", "namespace: staging", "namespace: plate-stg")
    tree.write("manifests/pod.yaml", POD)
    tree.remove("apps/web-prod.yaml")
    reach(kube, tmp_path, monkeypatch)
    furnish(kube)
    return tree


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "junit", "github"])
def test_no_secret_of_the_cluster_is_seen(kube: Cluster, call: Call, output_format: str) -> None:
    kube.deny(verb="list", resource="resourcequotas")
    message = f'Secret "own" is invalid: stringData[note]: Invalid value: "{CANARY}": no'
    kube.fault("/secrets/own", method="PATCH", status=422, message=message)
    ended = call("validate", "web-stg", "--live", "--format", output_format, "--verbose")
    assert ended.code == 1
    for rule in ("refused-object", "missing-class", "missing-object", "unusable-pull-secret"):
        assert rule in ended.out
    assert "unchecked-live" in ended.out
    seen = ended.out + ended.err
    assert CANARY not in seen
    assert base64.b64encode(CANARY.encode()).decode()[:20] not in seen
    assert "robot" not in seen


def test_what_the_tree_shows_is_not_said_twice(plain: Tree, call: Call) -> None:
    plain.replace("manifests/pod.yaml", "priorityClassName: high", "priorityClas: high")
    found = json.loads(call("validate", "web-stg", "--live", "--format", "json").out)["findings"]
    on_line = [item["rule"] for item in found if item["location"]["line"] == 10]
    assert on_line == ["invalid-manifest"]


@pytest.mark.usefixtures("plate")
def test_chosen_rules_and_severities(kube: Cluster, call: Call) -> None:
    kube.delete("IngressClass", "nginx")
    kube.delete("ClusterIssuer", "letsencrypt-prod")
    only = findings(call, "--select", "missing-class")
    assert [rule for rule, _, _ in only] == ["missing-class"]
    assert call("validate", "stg", "--live", "--fail-on", "never").code == 0


def test_comment_silences_a_live_finding(plate: Path, kube: Cluster, call: Call) -> None:
    kube.delete("IngressClass", "nginx")
    values = plate / VALUES
    line = "  className: nginx"
    comment = "  # plate-llm: ignore[missing-class] comes with the cluster\n"
    values.write_text(values.read_text("utf-8").replace(line, comment + line), "utf-8")
    assert findings(call) == []


def test_unreachable_server_costs_nothing_of_the_rest(
    tree: Tree, call: Call, kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write("charts/web/values-stg.yaml", "greeting: welcome\nunread: 1\n")
    reach(kube, tmp_path, monkeypatch)
    kube.fault("/api", drop="before", times=None)
    monkeypatch.setattr(connection, "_PAUSES", ())
    ended = call("validate", "web-stg", "--live", "-q")
    assert ended.code == 3
    assert ended.out == (
        "charts/web/values-stg.yaml:2:1: warning: dead-value: no template reads unread\n"
    )
    assert f"{kube.url} (context double) cannot be reached" in ended.err
    assert CANARY not in ended.err


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--live takes exactly one environment, and none is named"),
        (["web-stg", "web-prod"], "--live takes exactly one environment, not 2"),
        (["web-stg", "--watch"], "--live and --watch do not go together"),
    ],
)
def test_usage(arguments: list[str], said: str, call: Call) -> None:
    ended = call("validate", "--live", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


@pytest.mark.usefixtures("tree")
def test_context_without_live(call: Call) -> None:
    ended = call("validate", "web-stg", "--context", "prod")
    assert ended.code == 2
    assert "--context is for --live" in ended.err


def test_each_of_many_objects_is_one_request(
    tree: Tree, call: Call, kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kube.namespace("staging")
    reach(kube, tmp_path, monkeypatch)
    loop = "{{- range $i := until 40 }}\n---\napiVersion: v1\nkind: ConfigMap\n"
    body = "metadata: {name: c-{{ $i }}}\ndata: {a: {{ $.Values.greeting }}}\n{{- end }}\n"
    tree.write("charts/web/templates/many.yaml", loop + body)
    assert call("validate", "web-stg", "--live").code == 0
    assert len(kube.asked("PATCH")) == 41
    assert len(kube.requests) == 41 + 2  # the kinds of v1, and the namespace
