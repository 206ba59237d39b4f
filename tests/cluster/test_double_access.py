"""Who may do what in the double, and how a refusal is worded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.asking import Asker, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.double.kubeconfig import Identity

APPS = "/apis/argoproj.io/v1alpha1/namespaces/default/applications"
TOKEN = "alices"  # noqa: S105 - of a cluster that lives as long as its test
REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def review(asker: Asker, **wanted: str) -> dict[str, Any]:
    body = {"spec": {"resourceAttributes": wanted}}
    status: dict[str, Any] = asker.create(REVIEW, body)["status"]
    return status


def test_a_token_that_nobody_has_is_refused(kube: Cluster, asker: Asker) -> None:
    kube.token(TOKEN, "alice")
    refused = refusal(lambda: asker.ask("get", APPS))
    assert refused == (401, "Unauthorized", "Unauthorized")


@pytest.mark.parametrize("user", ["token", "exec"])
def test_a_kubeconfig_carries_a_token(kube: Cluster, tmp_path: Path, user: Identity) -> None:
    kube.token(TOKEN, "alice")
    asker = Asker.of(kube, tmp_path, token=TOKEN, user=user)
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    assert asker.create(path, {})["status"]["userInfo"]["username"] == "alice"


def test_a_token_ends(kube: Cluster, tmp_path: Path) -> None:
    kube.token(TOKEN, "alice")
    asker = Asker.of(kube, tmp_path, token=TOKEN)
    kube.revoke(TOKEN)
    assert refusal(lambda: asker.ask("get", APPS))[0] == 401


def test_without_credentials_nobody_gets_in(kube: Cluster, tmp_path: Path) -> None:
    asker = Asker.of(kube, tmp_path, user="none")
    kube.token(TOKEN, "alice")
    assert refusal(lambda: asker.ask("get", APPS))[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        (
            "get",
            f"{APPS}/web",
            'applications.argoproj.io "web" is forbidden: User "admin" cannot get resource '
            '"applications" in API group "argoproj.io" in the namespace "default"',
        ),
        (
            "get",
            APPS,
            'applications.argoproj.io is forbidden: User "admin" cannot list resource '
            '"applications" in API group "argoproj.io" in the namespace "default"',
        ),
        (
            "get",
            "/api/v1/nodes",
            'nodes is forbidden: User "admin" cannot list resource "nodes" in API group "" at '
            "the cluster scope",
        ),
        (
            "get",
            "/api/v1/namespaces/default/pods/p/log",
            'pods "p" is forbidden: User "admin" cannot get resource "pods/log" in API group "" '
            'in the namespace "default"',
        ),
    ],
)
def test_what_is_denied_is_said(
    kube: Cluster, asker: Asker, method: str, path: str, words: str
) -> None:
    kube.deny()
    assert refusal(lambda: asker.ask(method, path)) == (403, "Forbidden", words)


def test_who_may_patch_may_not_make_by_applying(kube: Cluster, asker: Asker) -> None:
    kube.deny(verb="create")
    code, _, message = refusal(lambda: asker.apply(f"{APPS}/web", {}, "plate-llm"))
    assert code == 403
    assert 'User "admin" cannot create resource "applications"' in message


def test_a_watch_is_a_verb_of_its_own(kube: Cluster, asker: Asker) -> None:
    kube.deny(verb="watch")
    asker.ask("get", APPS)
    assert refusal(lambda: asker.ask("get", APPS, watch=True))[0] == 403


def test_a_review_says_what_would_be_denied(kube: Cluster, asker: Asker) -> None:
    kube.deny(verb="patch", resource="applications", namespace="argocd")
    wanted = {"verb": "patch", "group": "argoproj.io", "resource": "applications"}
    assert review(asker, **wanted, namespace="argocd")["allowed"] is False
    assert review(asker, **wanted, namespace="other")["allowed"] is True


def test_a_review_knows_subresources(kube: Cluster, asker: Asker) -> None:
    kube.deny(resource="pods/log")
    wanted = {"verb": "get", "resource": "pods", "namespace": "default"}
    assert review(asker, **wanted)["allowed"] is True
    assert review(asker, **wanted, subresource="log")["allowed"] is False


def test_who_has_permits_has_nothing_else(kube: Cluster, tmp_path: Path) -> None:
    kube.token(TOKEN, "alice")
    kube.permit(user="alice", verb="get", resource="applications")
    asker = Asker.of(kube, tmp_path, token=TOKEN)
    assert refusal(lambda: asker.ask("get", f"{APPS}/web"))[0] == 404
    assert refusal(lambda: asker.ask("get", APPS))[0] == 403


def test_rules_are_listed(kube: Cluster, asker: Asker) -> None:
    kube.permit(verb="get", group="apps", resource="deployments", namespace="default")
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    rules = asker.create(path, {"spec": {"namespace": "default"}})["status"]["resourceRules"]
    assert rules == [{"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments"]}]
    other = asker.create(path, {"spec": {"namespace": "other"}})["status"]["resourceRules"]
    assert other == []
