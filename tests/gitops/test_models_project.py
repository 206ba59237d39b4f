from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.gitops.models import check_app_project
from plate_llm_cli.source.violations import ViolationKind


def project(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {"name": "team-a", "namespace": "argocd"},
        "spec": spec,
    }


SOUND = {
    "nothing allowed": project(),
    "everything allowed": project(
        sourceRepos=["*"],
        destinations=[{"namespace": "*", "server": "*", "name": "*"}],
        clusterResourceWhitelist=[{"group": "*", "kind": "*"}],
        namespaceResourceWhitelist=[{"group": "*", "kind": "*"}],
        orphanedResources={"warn": True},
    ),
    "every field": project(
        description="Team A",
        sourceRepos=["https://git.example.org/*", "!https://git.example.org/secret"],
        sourceNamespaces=["team-*"],
        destinations=[{"namespace": "!kube-system", "name": "in-cluster"}],
        destinationServiceAccounts=[
            {"server": "*", "namespace": "a", "defaultServiceAccount": "deployer"}
        ],
        clusterResourceWhitelist=[{"group": "", "kind": "Namespace", "name": "team-*"}],
        clusterResourceBlacklist=[{"group": "rbac.authorization.k8s.io", "kind": "ClusterRole"}],
        namespaceResourceBlacklist=[{"group": "", "kind": "ResourceQuota"}],
        roles=[
            {
                "name": "ci",
                "description": "deploys",
                "policies": ["p, proj:team-a:ci, applications, sync, team-a/*, allow"],
                "groups": ["team-a"],
                "jwtTokens": [{"iat": 1535390316, "exp": 1535390317, "id": "x"}],
            }
        ],
        syncWindows=[
            {
                "kind": "deny",
                "schedule": "0 22 * * *",
                "duration": "8h",
                "applications": ["*-prod"],
                "timeZone": "Asia/Seoul",
                "manualSync": True,
                "andOperator": True,
                "syncOverrun": True,
            }
        ],
        orphanedResources={"ignore": [{"group": "", "kind": "Secret", "name": "*"}]},
        signatureKeys=[{"keyID": "4AEE18F83AFDEB23"}],
        sourceIntegrity={"git": {"policies": []}},
        permitOnlyProjectScopedClusters=True,
    ),
}


@pytest.mark.parametrize("obj", SOUND.values(), ids=SOUND)
def test_what_argocd_takes_is_clean(obj: dict[str, Any]) -> None:
    assert check_app_project(obj) == []


@pytest.mark.parametrize(
    ("obj", "kind", "route", "message"),
    [
        (
            project(sourceRepo=["*"]),
            ViolationKind.UNKNOWN_FIELD,
            ("spec", "sourceRepo"),
            "there is no field `sourceRepo` under `spec`",
        ),
        (
            project(policies=["p"]),
            ViolationKind.MISPLACED_FIELD,
            ("spec", "policies"),
            "`policies` does not belong under `spec`",
        ),
        (
            project(destinations=[{"namespace": "a"}]),
            ViolationKind.MISSING_FIELD,
            ("spec", "destinations", 0, "server"),
            "a destination needs `server` or `name`",
        ),
        (
            project(clusterResourceWhitelist=[{"kind": "Namespace"}]),
            ViolationKind.MISSING_FIELD,
            ("spec", "clusterResourceWhitelist", 0, "group"),
            "`group` is missing under `spec.clusterResourceWhitelist[0]`",
        ),
        (
            project(syncWindows=[{"kind": "block", "schedule": "* * * * *", "duration": "1h"}]),
            ViolationKind.BAD_VALUE,
            ("spec", "syncWindows", 0, "kind"),
            "`kind` must be one of 'allow' or 'deny'",
        ),
        (
            project(syncWindows=[{"kind": "allow", "schedule": "* * * * *"}]),
            ViolationKind.MISSING_FIELD,
            ("spec", "syncWindows", 0, "duration"),
            "a sync window needs `duration`",
        ),
        (
            project(description="x" * 256),
            ViolationKind.BAD_VALUE,
            ("spec", "description"),
            "`description` must be at most 255 characters long",
        ),
        (
            project(sourceRepos="*"),
            ViolationKind.WRONG_TYPE,
            ("spec", "sourceRepos"),
            "`sourceRepos` must be a list, not text",
        ),
    ],
)
def test_what_argocd_refuses(
    obj: dict[str, Any], kind: ViolationKind, route: tuple[str | int, ...], message: str
) -> None:
    [found] = check_app_project(obj)
    assert (found.kind, found.route, found.message) == (kind, route, message)
