"""The auth roles that stores ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.privileges.access import notes, roles
from plate_llm_cli.secrets.privileges.readers import readers
from plate_llm_cli.secrets.privileges.seeder_access import Terms, seconds, seeder_role
from plate_llm_cli.source.tree import Tree
from tests.secrets.deployments import SecretsTree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.secrets.privileges.readers import Reader

CLUSTER = "https://kubernetes.default.svc"
SERVED = {"web-stg": (CLUSTER, "stg"), "web-prod": (CLUSTER, "prod")}
JWT = "jwt: {{path: jwt, role: {role}, kubernetesServiceAccountToken: {{{asked}}}}}"


@pytest.fixture
def tree(tmp_path: Path) -> SecretsTree:
    return SecretsTree(tmp_path)


def log_in(tree: SecretsTree, login: str, env: str = "stg") -> None:
    """Let the store of an environment log in in another way."""
    path = f"secrets/{env}/store.yaml"
    begin = (tree.root / path).read_text("utf-8").partition("        kubernetes:")[0]
    tree.write(path, f"{begin}        {login}\n")


def reader(tree: SecretsTree, home: str = "stg") -> Reader:
    spec = load_spec(Tree(tree.root)).required()
    found = readers(tree.build().secrets, (CLUSTER, "stg"), SERVED, spec)
    return next(item for item in found if home in item.homes)


def fields(tree: SecretsTree) -> dict[str, Any]:
    (role,) = roles(reader(tree))
    return {name: value for name, value in role.fields.items() if not name.startswith("token_")}


def test_account_of_a_namespaced_store_is_of_its_own_namespace(tree: SecretsTree) -> None:
    account = "serviceAccountRef: {name: eso, namespace: elsewhere}"
    log_in(tree, f"kubernetes: {{mountPath: k8s, role: own, {account}}}")
    (role,) = roles(reader(tree))
    assert (role.path, role.policy) == ("auth/k8s/role/own", "own")
    assert fields(tree) == {
        "bound_service_account_names": ["eso"],
        "bound_service_account_namespaces": ["stg"],
    }


def test_account_of_a_cluster_store_is_where_it_says(tree: SecretsTree) -> None:
    for env in ("stg", "prod"):
        tree.replace(f"secrets/{env}/store.yaml", "role: reader", "role: own")
    (role,) = roles(reader(tree, ""))
    assert role.fields["bound_service_account_namespaces"] == ["external-secrets"]


def test_audience_is_bound(tree: SecretsTree) -> None:
    account = "serviceAccountRef: {name: eso, audiences: [openbao, api]}"
    log_in(tree, f"kubernetes: {{mountPath: k8s, role: own, {account}}}")
    assert fields(tree)["audience"] == "api"


def test_stores_without_an_audience_in_common(tree: SecretsTree) -> None:
    account = "serviceAccountRef: {{name: eso, audiences: [{env}]}}"
    for env in ("stg", "prod"):
        named = account.format(env=env)
        log_in(tree, f"kubernetes: {{mountPath: k8s, role: own, {named}}}", env)
    assert "audience" not in fields(tree)
    reason = "the role own has no audience: its stores have none in common"
    assert list(notes(reader(tree))) == [reason]


def test_accounts_of_several_namespaces_let_in_more_than_they_are(tree: SecretsTree) -> None:
    (note,) = notes(reader(tree))
    assert note.startswith("the role reader lets in each of its accounts in each of its namespaces")


@pytest.mark.parametrize(
    ("asked", "bound"),
    [
        ("serviceAccountRef: {name: eso}", ["vault"]),
        ("serviceAccountRef: {name: eso}, audiences: [bao]", ["bao"]),
        ("serviceAccountRef: {name: eso, audiences: [own]}", ["own"]),
    ],
)
def test_jwt_is_bound_to_the_audience_that_is_asked_for(
    asked: str, bound: list[str], tree: SecretsTree
) -> None:
    log_in(tree, JWT.format(role="own", asked=asked))
    assert fields(tree) == {
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_audiences": bound,
        "bound_subject": "system:serviceaccount:stg:eso",
    }


def test_jwt_role_of_several_accounts_binds_each(tree: SecretsTree) -> None:
    for env in ("stg", "prod"):
        asked = f"serviceAccountRef: {{name: {env}-eso}}"
        log_in(tree, JWT.format(role="own", asked=asked), env)
    subjects = ["system:serviceaccount:prod:prod-eso", "system:serviceaccount:stg:stg-eso"]
    assert fields(tree)["bound_claims"] == {"sub": subjects}
    assert "bound_subject" not in fields(tree)


@pytest.mark.parametrize(
    ("login", "why"),
    [
        (
            "tokenSecretRef: {name: t, key: k}",
            "logs in with a token, which nobody renews: prefer kubernetes",
        ),
        (
            "kubernetes: {mountPath: k8s, role: own}",
            "names no service account for kubernetes: bind its role by hand",
        ),
        (
            "kubernetes: {mountPath: k8s, serviceAccountRef: {name: eso}}",
            "names no role to log in as by kubernetes",
        ),
        (
            "ldap: {path: ldap, username: u, secretRef: {name: s, key: k}}",
            "logs in with ldap: set that up by hand",
        ),
    ],
)
def test_login_without_a_role_that_can_be_made(login: str, why: str, tree: SecretsTree) -> None:
    log_in(tree, login)
    assert list(roles(reader(tree))) == []
    assert list(notes(reader(tree))) == [f"SecretStore openbao of stg {why}"]


def test_pod_that_seeds_is_bound_by_namespace_and_name() -> None:
    for subject in ("ops/seeder", "system:serviceaccount:ops:seeder"):
        role = seeder_role("p", "kubernetes", "", Terms(subject))
        assert role.path == "auth/kubernetes/role/p"
        assert role.fields["bound_service_account_names"] == ["seeder"]
        assert role.fields["bound_service_account_namespaces"] == ["ops"]


@pytest.mark.parametrize("subject", ["", "ops", "a/b/c", "ops/*", "*"])
def test_pod_that_seeds_is_one_account(subject: str) -> None:
    with pytest.raises(UsageError, match=r"^kubernetes needs --subject$"):
        seeder_role("p", "kubernetes", "", Terms(subject))


def test_times() -> None:
    assert [seconds(text, "--x") for text in ("10m", "1h", "90d", "0")] == [600, 3600, 7776000, 0]
    for text in ("", "10", "h", "-1h", "1w", "\u0661h"):
        with pytest.raises(UsageError, match=r"is no time$"):
            seconds(text, "--x")
