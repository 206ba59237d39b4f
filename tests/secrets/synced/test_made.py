"""Secrets and ConfigMaps of a namespace, whoever makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.synced.failures import NotSyncedError
from tests.secrets.synced.small_trees import external_secret

if TYPE_CHECKING:
    from plate_llm_cli.secrets.synced.made import Namespace
    from tests.secrets.synced.small_trees import SmallTree

SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: app}
"""
OWN = external_secret("  dataFrom: [{extract: {key: a}}]")
ORPHAN = external_secret(
    "  dataFrom: [{extract: {key: a}}]\n  target: {creationPolicy: Orphan}", "app"
)
MERGED = external_secret(
    "  dataFrom: [{extract: {key: b}}]\n  target: {name: app, creationPolicy: Merge}", "more"
)


def revealed(namespace: Namespace) -> dict[str, str] | None:
    """The data of the Secret `app`."""
    data = namespace.secret("app")
    return None if data is None else {key: value.reveal() for key, value in data.items()}


def refusal(namespace: Namespace) -> str:
    """Why the Secret `app` is not known."""
    with pytest.raises(NotSyncedError) as caught:
        namespace.secret("app")
    return caught.value.message


def test_a_secret_of_the_tree_has_its_data_and_its_string_data_over_it(tree: SmallTree) -> None:
    namespace = tree.namespace(SECRET + "data: {a: YWJj, b: eA==}\nstringData: {b: text, c: ''}\n")

    assert revealed(namespace) == {"a": "abc", "b": "text", "c": ""}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("data: {a: 'no base64'}", "data.a is no base64"),
        ("stringData: {a: 1}", "stringData.a is no text"),
        ("stringData: {'a b': x}", "stringData has the key 'a b'"),
        ("stringData: {'..a': x}", "stringData has the key '..a'"),
    ],
)
def test_what_the_api_server_refuses_is_not_there(tree: SmallTree, fields: str, said: str) -> None:
    namespace = tree.namespace(f"{SECRET}{fields}\n")

    assert refusal(namespace) == f"the API server refuses Secret stg/app: {said}"


def test_what_is_made_in_the_cluster_is_said_to_be(tree: SmallTree) -> None:
    certificate = (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\n"
        "metadata: {name: web}\nspec: {secretName: app}\n"
    )

    assert refusal(tree.namespace(certificate)) == (
        "Certificate stg/web makes it, in the cluster alone"
    )


def test_a_token_of_an_account_is_made_in_the_cluster(tree: SmallTree) -> None:
    namespace = tree.namespace(f"{SECRET}type: kubernetes.io/service-account-token\n")

    assert refusal(namespace) == "Secret stg/app is filled with a token, in the cluster alone"


def test_a_cluster_external_secret_makes_one_in_each_namespace_it_selects(
    tree: SmallTree,
) -> None:
    manifests = """\
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: {name: everywhere}
spec:
  externalSecretName: app
  namespaceSelectors: [{matchLabels: {kubernetes.io/metadata.name: stg}}]
  externalSecretSpec:
    secretStoreRef: {name: openbao}
    dataFrom: [{extract: {key: a}}]
"""

    assert revealed(tree.namespace(manifests, a={"k": "v"})) == {"k": "v"}
    assert refusal(tree.namespace(manifests)).startswith("ExternalSecret stg/app: SecretSynced")


def test_keys_are_added_to_a_secret_that_something_else_makes(tree: SmallTree) -> None:
    namespace = tree.namespace(ORPHAN + MERGED, a={"k": "v"}, b={"j": "w"})

    assert revealed(namespace) == {"k": "v", "j": "w"}


def test_keys_are_not_added_to_a_secret_that_an_external_secret_owns(tree: SmallTree) -> None:
    namespace = tree.namespace(OWN + MERGED, a={"k": "v"}, b={"j": "w"})

    assert revealed(namespace) == {"k": "v"}
    assert [item.manifest.name for item in namespace.turned_away("app")] == ["more"]


def test_keys_are_not_added_to_a_secret_that_nothing_makes(tree: SmallTree) -> None:
    assert revealed(tree.namespace(MERGED, b={"j": "w"})) is None


def test_two_that_write_the_same_key_differently_leave_it_to_chance(tree: SmallTree) -> None:
    assert revealed(tree.namespace(ORPHAN + MERGED, a={"k": "v"}, b={"k": "v"})) == {"k": "v"}
    assert refusal(tree.namespace(ORPHAN + MERGED, a={"k": "v"}, b={"k": "w"})) == (
        "ExternalSecret stg/more writes the key k, which something else writes as well,"
        " and chance decides which stays"
    )


def test_two_that_make_the_same_secret_leave_it_to_chance(tree: SmallTree) -> None:
    assert refusal(tree.namespace(f"{OWN}{SECRET}stringData: {{k: v}}\n", a={"k": "v"})) == (
        "ExternalSecret stg/app and Secret stg/app both make Secret app,"
        " and chance decides which stays"
    )


def test_a_store_that_does_not_serve_the_namespace_is_refused(tree: SmallTree) -> None:
    store = """\
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: shared}
spec:
  conditions: [{namespaces: [prod]}]
  provider: {vault: {server: "https://bao.example.com", path: secret, version: v2}}
---
"""
    reference = "  secretStoreRef: {kind: ClusterSecretStore, name: shared}\n"
    own = external_secret("  dataFrom: [{extract: {key: a}}]").replace(
        "  secretStoreRef: {name: openbao}\n", reference
    )

    assert refusal(tree.namespace(store + own, a={"k": "v"})) == (
        "ExternalSecret stg/app: SecretSyncedError: error processing spec.dataFrom[0].extract, err:"
        " using ClusterSecretStore shared is not allowed from namespace stg:"
        " denied by spec.conditions"
    )


def test_a_config_map_has_its_texts(tree: SmallTree) -> None:
    namespace = tree.namespace(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
        "data: {a: b}\nbinaryData: {d: YQ==}\n"
    )

    assert namespace.config_map("c") == {"a": "b"}
    assert namespace.config_map("other") is None
