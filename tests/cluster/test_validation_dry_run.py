"""What the API server says to each object, on the line that it is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.cluster.answers import error_of
from plate_llm_cli.cluster.api import Kind
from plate_llm_cli.cluster.validation.refusals import refusals
from plate_llm_cli.errors import ClusterError
from plate_llm_cli.graph.manifests import Manifest, objects_of
from plate_llm_cli.source.reader import parse_text
from tests.cluster.validating import APPLICATION, Tried, tried

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.gitops.releases import Release
    from tests.cluster.double.cluster import Cluster

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app
data:
  a: b
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 1
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
        - name: app
          image: ghcr.io/a/b:1
"""
RULE = "refused-object error manifests/all.yaml"
REFUSES = "the API server refuses"


@pytest.fixture(name="tree")
def _tree(kube: Cluster, tmp_path: Path) -> Tried:
    return tried(kube, tmp_path)


def test_nothing_is_wrong_and_nothing_is_stored(tree: Tried) -> None:
    assert tree.complaints(f"{CONFIG}---\n{DEPLOYMENT}") == []
    sent = tree.kube.asked("PATCH")
    assert [(one.path, one.query) for one in sent] == [
        (path, {"fieldManager": "plate-llm", "force": "true", "fieldValidation": "Strict"}
         | {"dryRun": "All"})
        for path in (
            "/api/v1/namespaces/stg/configmaps/app",
            "/apis/apps/v1/namespaces/stg/deployments/app",
        )
    ]  # fmt: skip
    assert not tree.kube.exists("ConfigMap", "app", "stg")
    assert {one.method for one in tree.kube.requests} == {"GET", "PATCH"}


def test_unknown_fields_of_one_object(tree: Tried) -> None:
    text = DEPLOYMENT.replace("  replicas: 1", "  replica: 1").replace("image:", "img:")
    assert tree.complaints(text) == [
        f"{RULE}:5:3 {REFUSES} Deployment app: spec.replica: unknown field "
        "(correct its name, or remove it; an older CRD may lack it)",
        f"{RULE}:12:11 {REFUSES} Deployment app: spec.template.spec.containers[0].img: "
        "unknown field (correct its name, or remove it; an older CRD may lack it)",
    ]
    assert len(tree.kube.asked("PATCH")) == 1  # a 500 that would be the same again


SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {"size": {"type": "integer", "minimum": 2}, "host": {"type": "string"}},
        }
    },
}


def test_schema_of_a_crd(tree: Tried) -> None:
    tree.kube.crd(group="example.com", version="v1", plural="things", kind="Thing", schema=SCHEMA)
    thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  "
    assert tree.complaints(f"{thing}size: 2\n") == []
    assert tree.complaints(f"{thing}size: 1\n") == [
        f"{RULE}:5:3 {REFUSES} Thing a: spec.size: Invalid value: 1: "
        "spec.size in body should be greater than or equal to 2"
    ]
    assert tree.complaints(f"{thing}host: a\n") == [
        f"{RULE}:4:1 {REFUSES} Thing a: spec.size: Required value"
    ]


@pytest.mark.parametrize(
    ("status", "message", "place", "said"),
    [
        (
            422,
            'Deployment.apps "app" is invalid: spec.template.spec.containers[0].image: '
            'Invalid value: " ": must not have leading or trailing whitespace',
            "12:11",
            'spec.template.spec.containers[0].image: Invalid value: " ": '
            "must not have leading or trailing whitespace",
        ),
        (
            400,
            'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
            'unknown field "spec.replicas"',
            "5:3",
            "spec.replicas: unknown field (correct its name, or remove it; an older CRD may lack "
            "it)",
        ),
        (
            422,
            'Deployment.apps "app" is invalid: spec: Invalid value: "object": no more than 3 pods',
            "4:1",
            "spec: no more than 3 pods",
        ),
        (
            400,
            'admission webhook "images.example.com" denied the request: ghcr.io is not allowed',
            "1:1",
            'admission webhook "images.example.com" denied the request: ghcr.io is not allowed '
            "(an admission rule of the cluster says so: who runs it knows why)",
        ),
        (
            403,
            "deployments.apps \"app\" is forbidden: ValidatingAdmissionPolicy 'p' with binding "
            "'b' denied request: no",
            "1:1",
            "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no "
            "(an admission rule of the cluster says so: who runs it knows why)",
        ),
        (
            422,
            'Deployment.apps "app" is invalid: spec.selector: Invalid value: '
            "{}: field is immutable",
            "6:3",
            "spec.selector: Invalid value: {}: field is immutable (keep the old value, or let the "
            "object that is there be deleted first)",
        ),
        (
            500,
            'Internal error occurred: failed calling webhook "w.x.io": no endpoints',
            "1:1",
            'Internal error occurred: failed calling webhook "w.x.io": no endpoints',
        ),
    ],
)
def test_words_of_a_refusal(tree: Tried, status: int, message: str, place: str, said: str) -> None:
    tree.kube.fault("/deployments/app", method="PATCH", status=status, message=message)
    assert tree.complaints(DEPLOYMENT) == [f"{RULE}:{place} {REFUSES} Deployment app: {said}"]


def test_busy_server_is_asked_again(tree: Tried) -> None:
    tree.kube.fault("/deployments/app", method="PATCH", status=503)
    assert tree.complaints(DEPLOYMENT) == []


def test_hook_is_marked_and_may_replace_what_is_immutable(tree: Tried) -> None:
    hook = CONFIG.replace("  name: app", "  name: app\n  annotations: {helm.sh/hook: pre-install}")
    message = 'ConfigMap "app" is invalid: data: Forbidden: field is immutable when `immutable`'
    tree.kube.fault("/configmaps/app", method="PATCH", status=422, message=message)
    assert tree.complaints(hook) == []
    tree.kube.fault("/configmaps/app", method="PATCH", status=422, message="ConfigMap is bad")
    assert tree.complaints(hook) == [
        f"{RULE}:1:1 {REFUSES} ConfigMap app (of a hook): ConfigMap is bad"
    ]


def test_of_a_secret_only_the_field_is_named(tree: Tried) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  k: hunter2\n"
    message = 'Secret "a" is invalid: stringData[k]: Invalid value: "hunter2": too short'
    tree.kube.fault("/secrets/a", method="PATCH", status=422, message=message)
    assert tree.complaints(text) == [
        f"{RULE}:3:12 {REFUSES} Secret a: stringData[k]: "
        "what it says is not repeated here, since it may hold a value"
    ]


def test_without_the_right_to_apply(tree: Tried) -> None:
    tree.kube.deny(verb="patch", resource="configmaps")
    assert tree.complaints(f"{CONFIG}---\n{CONFIG.replace('app', 'b')}") == [
        "unchecked-live info manifests/all.yaml:1:1 "
        "not checked: you may not patch configmaps in stg "
        "(ask who runs the cluster for that right, or let somebody check who has it)"
    ]


def test_name_that_each_sync_makes_anew(tree: Tried) -> None:
    text = CONFIG.replace("  name: app", "  generateName: app-")
    assert tree.complaints(text) == [
        "unchecked-live info manifests/all.yaml:4:3 "
        "ConfigMap is not tried: it gets a new name with each sync"
    ]


@pytest.mark.parametrize("name", ["x#", "x?y=1", ".."])
def test_no_name_leads_elsewhere_or_makes_it_a_real_change(tree: Tried, name: str) -> None:
    tree.complaints(CONFIG.replace("name: app", f'name: "{name}"'))
    (sent,) = tree.kube.asked("PATCH")
    assert (sent.path, sent.query["dryRun"]) == (f"/api/v1/namespaces/stg/configmaps/{name}", "All")


def test_name_with_a_slash_is_one_part_of_a_path() -> None:
    path = Kind("v1", "ConfigMap", "configmaps", namespaced=True).path("stg", "../secrets/a")
    assert path == "/api/v1/namespaces/stg/configmaps/..%2Fsecrets%2Fa"


@pytest.mark.parametrize(
    ("warning", "place"),
    [
        ("apps/v1 Deployment is deprecated in v1.99+, unavailable in v1.100+", "1:1"),
        ("spec.replicas: deprecated since v1.99", "5:3"),
        ('would violate PodSecurity "restricted:latest": runAsNonRoot != true', "9:5"),
        ('annotation "a.io/b" is deprecated', "3:1"),
        ("something else", "1:1"),
    ],
)
def test_warning(tree: Tried, warning: str, place: str) -> None:
    tree.kube.fault(method="PATCH", warning=warning, times=None)
    assert tree.complaints(DEPLOYMENT) == [
        f"server-warning warning manifests/all.yaml:{place} "
        f"the API server warns of Deployment app: {warning}"
    ]


def test_kind_that_is_not_there(tree: Tried) -> None:
    text = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    assert tree.complaints(text) == [
        "missing-kind error manifests/all.yaml:1:1 the cluster knows no Thing of example.com/v1 "
        "(install what brings its CRD)"
    ]


def test_version_that_is_not_served(tree: Tried) -> None:
    text = DEPLOYMENT.replace("apps/v1", "apps/v1beta1")
    assert tree.complaints(text) == [
        "missing-kind error manifests/all.yaml:1:1 "
        "the cluster serves Deployment as apps/v1, not as apps/v1beta1 (write apiVersion: apps/v1)"
    ]


def test_crd_that_the_tree_brings(tree: Tried) -> None:
    crd = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: things.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n"
        "  names: {kind: Thing, plural: things, singular: thing}\n"
        "  versions:\n    - {name: v1, served: true, storage: true, schema: "
        "{openAPIV3Schema: {type: object}}}\n"
    )
    thing = "---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    assert tree.complaints(crd + thing) == [
        "unchecked-live info manifests/all.yaml:11:1 "
        "Thing cannot be tried: the tree brings its CRD, which is not there yet"
    ]


HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: app}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app}
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 9}}}
"""


def test_metrics_that_nothing_serves(tree: Tried) -> None:
    assert tree.complaints(HPA) == [
        "missing-kind error manifests/all.yaml:8:7 "
        "nothing serves metrics.k8s.io, which app scales by (install metrics-server)"
    ]
    tree.kube.crd(group="metrics.k8s.io", version="v1beta1", plural="pods", kind="PodMetrics")
    assert tree.complaints(HPA) == []


def test_namespace_that_nobody_creates(tree: Tried) -> None:
    tree.write("apps/app.yaml", APPLICATION.replace("namespace: stg", "namespace: new"))
    assert tree.complaints(CONFIG) == [
        "missing-namespace error apps/app.yaml:9:16 there is no namespace new "
        "(create it, or add CreateNamespace=true to syncPolicy.syncOptions)"
    ]
    assert tree.kube.asked("PATCH") == []


def test_namespace_of_one_object(tree: Tried) -> None:
    assert tree.complaints(CONFIG.replace("  name: app", "  name: app\n  namespace: other")) == [
        "missing-namespace error manifests/all.yaml:5:3 there is no namespace other "
        "(create it, or add CreateNamespace=true to syncPolicy.syncOptions)"
    ]


def test_namespace_that_argocd_creates(tree: Tried) -> None:
    options = "  syncPolicy: {syncOptions: [CreateNamespace=true]}\n"
    tree.write("apps/app.yaml", APPLICATION.replace("namespace: stg", "namespace: new") + options)
    role = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n"
    assert tree.complaints(CONFIG + role) == [
        "unchecked-live info apps/app.yaml:9:16 "
        "namespace new comes with the first sync: what goes there cannot be tried yet"
    ]
    assert [one.path for one in tree.kube.asked("PATCH")] == ["/api/v1/namespaces/b"]


def test_expired_credentials_end_it(tree: Tried) -> None:
    tree.kube.fault("/configmaps/app", status=401, times=None)
    with pytest.raises(ClusterError) as caught:
        tree.complaints(CONFIG)
    assert caught.value.status == 401


@given(st.sampled_from([400, 403, 422, 500]), st.text(max_size=60))
def test_no_answer_breaks_it(status: int, said: str) -> None:
    file = parse_text(DEPLOYMENT, "a.yaml")
    (node,) = objects_of(file.root)
    manifest = Manifest(cast("Release", None), file, node)
    for form in ("{}", "spec.replicas: {}", 'x "y" is invalid: {}', "strict: {} unknown field {}"):
        error = error_of(status, json.dumps({"message": form.replace("{}", said)}), "apply it")
        assert refusals(error, manifest)
