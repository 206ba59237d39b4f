"""What objects refer to, and whether the cluster has it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.cluster.validating import POD, Tried, held, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster

FILE = "manifests/all.yaml"
PASSWORD = "canary-of-a-registry"  # noqa: S105 - must not be seen


@pytest.fixture(name="tree")
def _tree(kube: Cluster, tmp_path: Path) -> Tried:
    return tried(kube, tmp_path)


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: app, port: {number: 80}}}
"""


@pytest.fixture
def nginx(tree: Tried) -> None:
    held(tree, "IngressClass", "nginx", spec={"controller": "k8s.io/ingress-nginx"})


def issuer(
    tree: Tried, status: str, reason: str, message: str, kind: str = "ClusterIssuer"
) -> None:
    ready = {"type": "Ready", "status": status, "reason": reason, "message": message}
    held(tree, kind, "letsencrypt", spec={"selfSigned": {}}, status={"conditions": [ready]})


@pytest.mark.usefixtures("nginx")
def test_cluster_issuer_that_is_absent(tree: Tried) -> None:
    assert tree.complaints(INGRESS) == [
        f"unusable-issuer error {FILE}:6:5 there is no ClusterIssuer letsencrypt "
        "(no certificate comes before it is there)"
    ]


@pytest.mark.usefixtures("nginx")
def test_cluster_issuer_that_is_not_ready(tree: Tried) -> None:
    issuer(tree, "False", "ErrRegisterACMEAccount", "account is\nrefused")
    assert tree.complaints(INGRESS) == [
        f"unusable-issuer error {FILE}:6:5 ClusterIssuer letsencrypt is not ready: "
        "ErrRegisterACMEAccount: account is refused "
        "(kubectl describe clusterissuer letsencrypt shows more)"
    ]


@pytest.mark.usefixtures("nginx")
def test_cluster_issuer_that_is_ready(tree: Tried) -> None:
    issuer(tree, "True", "ACMEAccountRegistered", "")
    assert tree.complaints(INGRESS) == []


@pytest.mark.usefixtures("nginx")
def test_issuer_of_the_namespace(tree: Tried) -> None:
    text = INGRESS.replace("cluster-issuer", "issuer")
    assert tree.complaints(text) == [
        f"unusable-issuer error {FILE}:6:5 there is no Issuer letsencrypt in stg "
        "(no certificate comes before it is there)"
    ]
    issuer(tree, "True", "", "", kind="Issuer")
    assert tree.complaints(text) == []


@pytest.mark.usefixtures("nginx")
def test_issuer_of_a_group_that_nothing_serves(tree: Tried) -> None:
    group = "cert-manager.io/issuer-group: awspca.example.com"
    text = INGRESS.replace("cluster-issuer: ", "issuer: ").replace("spec:", f"    {group}\nspec:")
    assert tree.complaints(text) == [
        f"unusable-issuer error {FILE}:6:5 there is no Issuer letsencrypt in stg: "
        "nothing serves awspca.example.com"
    ]


def test_issuer_of_a_certificate(tree: Tried) -> None:
    text = (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: app}\nspec:\n"
        "  secretName: app-tls\n  dnsNames: [a.example.com]\n"
        "  issuerRef: {name: letsencrypt, kind: ClusterIssuer}\n"
    )
    assert tree.complaints(text) == [
        f"unusable-issuer error {FILE}:7:15 there is no ClusterIssuer letsencrypt "
        "(no certificate comes before it is there)"
    ]


PLAIN_INGRESS = INGRESS.replace(
    "  annotations:\n    cert-manager.io/cluster-issuer: letsencrypt\n", ""
)


def test_ingress_class_that_is_absent(tree: Tried) -> None:
    held(tree, "IngressClass", "traefik", spec={"controller": "traefik.io/ingress-controller"})
    assert tree.complaints(PLAIN_INGRESS) == [
        f"missing-class error {FILE}:6:3 the cluster has no IngressClass nginx: "
        "no controller takes this Ingress (there are: traefik)"
    ]


@pytest.mark.usefixtures("nginx")
def test_ingress_class_that_is_there(tree: Tried) -> None:
    assert tree.complaints(PLAIN_INGRESS) == []


def test_ingress_class_of_the_annotation(tree: Tried) -> None:
    note = "metadata:\n  annotations: {kubernetes.io/ingress.class: nginx}"
    text = PLAIN_INGRESS.replace("metadata:", note).replace("  ingressClassName: nginx\n", "")
    assert tree.complaints(text) == [
        f"missing-class error {FILE}:4:17 the cluster has no IngressClass nginx: "
        "no controller takes this Ingress (there are none)"
    ]


@pytest.mark.usefixtures("nginx")
def test_ingress_without_a_class(tree: Tried) -> None:
    text = PLAIN_INGRESS.replace("  ingressClassName: nginx\n", "")
    assert tree.complaints(text) == [
        f"missing-class warning {FILE}:5:1 no IngressClass is named, and none of the cluster is "
        "the default: no controller takes this Ingress (there are: nginx)"
    ]
    default = {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}
    held(tree, "IngressClass", "main", metadata=default, spec={"controller": "a.io/b"})
    assert tree.complaints(text) == []


CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: fast
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
"""


def test_storage_class(tree: Tried) -> None:
    assert tree.complaints(CLAIM) == [
        f"missing-class error {FILE}:5:3 the cluster has no StorageClass fast: no volume is made "
        "(there are none)"
    ]
    held(tree, "StorageClass", "fast", provisioner="a.io/b")
    assert tree.complaints(CLAIM) == []


def test_storage_class_by_default(tree: Tried) -> None:
    text = CLAIM.replace("  storageClassName: fast\n", "")
    assert tree.complaints(text) == [
        f"missing-class error {FILE}:4:1 no StorageClass is named, and none of the cluster is the "
        "default: no volume is made (there are none)"
    ]
    assert tree.complaints(CLAIM.replace("fast", '""')) == []  # a volume made by hand


def test_storage_class_of_a_volume_claim_template(tree: Tried) -> None:
    text = (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n"
        "  serviceName: db\n  selector: {matchLabels: {a: b}}\n"
        "  template:\n    metadata: {labels: {a: b}}\n"
        "    spec: {containers: [{name: db, image: x}]}\n"
        "  volumeClaimTemplates:\n    - metadata: {name: data}\n      spec:\n"
        "        storageClassName: fast\n        accessModes: [ReadWriteOnce]\n"
        "        resources: {requests: {storage: 1Gi}}\n"
    )
    assert tree.complaints(text) == [
        f"missing-class error {FILE}:13:9 the cluster has no StorageClass fast: no volume is made "
        "(there are none)"
    ]


def test_priority_and_runtime_class(tree: Tried) -> None:
    text = f"{POD}  priorityClassName: high\n  runtimeClassName: gvisor\n"
    assert tree.complaints(text) == [
        f"missing-class error {FILE}:8:3 the cluster has no PriorityClass high: no pod is made "
        "(there are none)",
        f"missing-class error {FILE}:9:3 the cluster has no RuntimeClass gvisor: no pod is made "
        "(there are none)",
    ]
    held(tree, "PriorityClass", "high", value=1)
    assert len(tree.complaints(text)) == 1


@pytest.mark.parametrize(
    ("lines", "place", "named"),
    [
        ("  serviceAccountName: runner\n", "8:3", "ServiceAccount runner"),
        ("      envFrom: [{configMapRef: {name: cfg}}]\n", "8:33", "ConfigMap cfg"),
        ("  volumes: [{name: a, configMap: {name: cfg}}]\n", "8:35", "ConfigMap cfg"),
        (
            "  volumes: [{name: a, projected: {sources: [{configMap: {name: cfg}}]}}]\n",
            "8:58",
            "ConfigMap cfg",
        ),
        (
            "  volumes: [{name: a, persistentVolumeClaim: {claimName: data}}]\n",
            "8:47",
            "PersistentVolumeClaim data",
        ),
        ("      envFrom: [{secretRef: {name: app}}]\n", "8:30", "Secret app"),
    ],
)
def test_object_that_nothing_makes(tree: Tried, lines: str, place: str, named: str) -> None:
    hint = "" if named.startswith("Secret") else " (create it, or change the name)"
    assert tree.complaints(POD + lines) == [
        f"missing-object error {FILE}:{place} {named} is not in stg, "
        f"and nothing in the tree makes it{hint}"
    ]
    kind, name = named.split()
    if kind != "PersistentVolumeClaim":
        held(tree, kind, name)
        assert tree.complaints(POD + lines) == []


def test_object_that_the_tree_makes(tree: Tried) -> None:
    made = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\n"
    assert tree.complaints(f"{POD}      envFrom: [{{configMapRef: {{name: cfg}}}}]\n{made}") == []


@pytest.mark.parametrize(
    "lines",
    [
        "  serviceAccountName: default\n",
        "  volumes: [{name: a, configMap: {name: kube-root-ca.crt}}]\n",
        "      envFrom: [{configMapRef: {name: cfg, optional: true}}]\n",
        "      envFrom: [{secretRef: {name: app, optional: true}}]\n",
    ],
)
def test_what_need_not_be_there(tree: Tried, lines: str) -> None:
    assert tree.complaints(POD + lines) == []


KEYS = """\
      env:
        - name: A
          valueFrom: {KINDKeyRef: {name: app, key: a}}
        - name: B
          valueFrom: {KINDKeyRef: {name: app, key: b}}
"""


def test_key_of_a_config_map(tree: Tried) -> None:
    held(tree, "ConfigMap", "app", data={"a": "1", "c": "2"})
    assert tree.complaints(POD + KEYS.replace("KIND", "configMap")) == [
        f"missing-object error {FILE}:12:52 ConfigMap app in stg has no key b (it has: a, c)"
    ]


def test_absent_config_map_is_named_once(tree: Tried) -> None:
    assert tree.complaints(POD + KEYS.replace("KIND", "configMap")) == [
        f"missing-object error {FILE}:10:41 ConfigMap app is not in stg, "
        "and nothing in the tree makes it (create it, or change the name)"
    ]


def test_key_of_a_secret_and_nothing_of_its_value(tree: Tried) -> None:
    held(tree, "Secret", "app", data={"a": base64.b64encode(PASSWORD.encode()).decode()})
    found = tree.complaints(POD + KEYS.replace("KIND", "secret"))
    assert found == [
        f"missing-object error {FILE}:12:49 Secret app in stg has no key b (it has: a)"
    ]


def test_absent_secret_is_named_once(tree: Tried) -> None:
    assert tree.complaints(POD + KEYS.replace("KIND", "secret")) == [
        f"missing-object error {FILE}:10:38 Secret app is not in stg, "
        "and nothing in the tree makes it"
    ]


EXTERNAL = """\
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app-external}
spec:
  secretStoreRef: {kind: SecretStore, name: openbao}
  target: {name: app}
  dataFrom:
    - extract: {key: server/stg}
"""


def test_secret_that_the_next_sync_makes(tree: Tried) -> None:
    assert tree.complaints(POD + KEYS.replace("KIND", "secret") + EXTERNAL) == [
        f"missing-object info {FILE}:10:38 Secret app is not in stg yet: "
        "ExternalSecret app-external makes it at the next sync"
    ]


def test_secret_whose_external_secret_fails(tree: Tried) -> None:
    failed = {
        "type": "Ready",
        "status": "False",
        "reason": "SecretSyncedError",
        "message": f"what a store says may hold {PASSWORD}",
    }
    status = {"conditions": [failed]}
    spec = {"secretStoreRef": {"name": "openbao"}, "target": {"name": "app"}}
    held(tree, "ExternalSecret", "app-external", spec=spec, status=status)
    assert tree.complaints(POD + KEYS.replace("KIND", "secret") + EXTERNAL) == [
        f"missing-object error {FILE}:10:38 Secret app is not in stg yet, and ExternalSecret "
        "app-external, which makes it, fails: SecretSyncedError "
        "(kubectl describe externalsecret -n stg app-external says why)"
    ]


def test_without_the_right_to_read_secrets(tree: Tried) -> None:
    tree.kube.deny(verb="get", resource="secrets")
    text = f"{POD}  imagePullSecrets: [{{name: harbor}}]\n"
    assert tree.complaints(text) == [
        f"unchecked-live info {FILE}:8:23 "
        "not checked: you may not get secrets in stg "
        "(ask who runs the cluster for that right, or let somebody check who has it)"
    ]
