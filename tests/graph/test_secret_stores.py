"""A store says which mount, which path and which login; the operator's own rules decide."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.secret_reach import provisions
from plate_llm_cli.graph.secret_stores import SecretStore, StoreLogin, secret_stores
from tests.graph.secret_objects import objects

STORE = """\
apiVersion: external-secrets.io/v1
kind: {kind}
metadata: {{name: bao}}
spec: {spec}
"""


def store(spec: str, kind: str = "SecretStore") -> SecretStore:
    (found,) = secret_stores(objects(STORE.format(kind=kind, spec=spec))).values()
    return found


def vault(fields: str) -> SecretStore:
    return store(f"{{provider: {{vault: {{{fields}}}}}}}")


@pytest.mark.parametrize(
    ("fields", "key", "expected"),
    [
        ("path: secret", "server/stg", ("secret", "server/stg")),
        ("path: secret", "secret/server/stg", ("secret", "server/stg")),
        ("path: secret", "secret/data/server/stg", ("secret", "server/stg")),
        ("path: secret", "data/server/stg", ("secret", "data/server/stg")),
        ("path: team/kv", "team/kv/data/x", ("team/kv", "x")),
        ("path: secret, version: v1", "secret/data/x", ("secret", "data/x")),
        ("version: v2", "secret/server/stg", ("secret", "server/stg")),
        ("version: v2", "team/kv/data/x", ("team/kv", "x")),
        ("version: v1", "secret/data/x", ("secret", "data/x")),
    ],
)
def test_a_key_means_a_mount_and_a_path(fields: str, key: str, expected: tuple[str, str]) -> None:
    assert vault(fields).find(key) == expected


def test_version_2_is_the_default() -> None:
    assert vault("path: secret").version == "v2"


def test_other_providers_hold_no_path_of_openbao() -> None:
    found = store("{provider: {aws: {service: SecretsManager}}}")
    assert (found.provider, found.in_openbao) == ("aws", False)


@pytest.mark.parametrize(
    ("auth", "login"),
    [
        (
            "kubernetes: {mountPath: k8s-prod, role: reader, serviceAccountRef: "
            "{name: eso, namespace: es, audiences: [bao]}}",
            StoreLogin("kubernetes", "k8s-prod", "reader", "eso", "es", ("bao",)),
        ),
        ("kubernetes: {role: reader}", StoreLogin("kubernetes", "kubernetes", "reader")),
        ("appRole: {roleId: abc}", StoreLogin("appRole", "approle", "abc")),
        (
            "jwt: {path: jwt-k8s, role: r, kubernetesServiceAccountToken: "
            "{serviceAccountRef: {name: eso}}}",
            StoreLogin("jwt", "jwt-k8s", "r", "eso"),
        ),
        ("tokenSecretRef: {name: t, key: k}", StoreLogin("token")),
    ],
)
def test_the_login_is_read(auth: str, login: StoreLogin) -> None:
    assert vault(f"path: secret, auth: {{{auth}}}").login == login


def test_a_namespaced_store_serves_its_own_namespace() -> None:
    found = vault("path: secret")
    assert found.admits("team") is True
    assert found.admits("other") is False


@pytest.mark.parametrize(
    ("conditions", "served"),
    [
        ("[]", True),
        ("[{namespaces: [a, team]}]", True),
        ("[{namespaces: [a]}]", False),
        ("[{namespaces: [a]}, {namespaceRegexes: ['^te']}]", True),
        ("[{namespaceRegexes: ['^x']}]", False),
        ("[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: team}}}]", True),
        ("[{namespaceSelector: {matchLabels: {tier: web}}}]", None),
    ],
)
def test_a_cluster_store_serves_what_its_conditions_take_in(
    conditions: str, served: bool | None
) -> None:
    spec = f"{{conditions: {conditions}, provider: {{vault: {{path: secret}}}}}}"
    assert store(spec, "ClusterSecretStore").admits("team") is served


NAME = "kubernetes.io/metadata.name"


@pytest.mark.parametrize(
    ("spec", "reached"),
    [
        ({}, False),
        ({"namespaces": ["team"]}, True),
        ({"namespaces": ["other"]}, False),
        ({"namespaceSelector": {}}, True),
        (
            {"namespaceSelectors": [{"matchLabels": {NAME: "x"}}, {"matchLabels": {NAME: "team"}}]},
            True,
        ),
        ({"namespaceSelectors": [{"matchLabels": {NAME: "x", "tier": "web"}}]}, False),
        ({"namespaceSelectors": [{"matchLabels": {NAME: "team", "tier": "web"}}]}, None),
        (
            {
                "namespaceSelector": {
                    "matchExpressions": [{"key": NAME, "operator": "In", "values": ["a", "team"]}]
                }
            },
            True,
        ),
        (
            {
                "namespaceSelector": {
                    "matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["team"]}]
                }
            },
            False,
        ),
        (
            {"namespaceSelector": {"matchExpressions": [{"key": "tier", "operator": "Exists"}]}},
            None,
        ),
    ],
)
def test_labels_decide_which_namespaces_are_reached(
    spec: dict[str, object], reached: bool | None
) -> None:
    assert provisions(spec, "team") is reached
