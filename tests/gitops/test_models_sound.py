from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from plate_llm_cli.gitops.models import (
    check_app_project,
    check_application,
)
from tests.gitops.applications import IN_CLUSTER, application, source

ROOT = Path(__file__).parents[2]


SOUND = {
    "plain": application(),
    "everything of a sync policy": application(
        syncPolicy={
            "automated": {"prune": True, "selfHeal": True, "allowEmpty": False, "enabled": True},
            "syncOptions": [
                "CreateNamespace=true",
                "Validate=false",
                "PrunePropagationPolicy=background",
                "PruneLast=true",
                "Prune=confirm",
                "Delete=false",
                "ServerSideApply=true",
                "RespectIgnoreDifferences=true",
                "ApplyOutOfSyncOnly=true",
                "SkipDryRunOnMissingResource=true",
            ],
            "retry": {
                "limit": -1,
                "refresh": True,
                "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m0s"},
            },
            "managedNamespaceMetadata": {
                "labels": {"pod-security.kubernetes.io/enforce": "privileged"},
                "annotations": {"argocd.argoproj.io/sync-options": "Delete=false"},
            },
        }
    ),
    "empty automated": application(syncPolicy={"automated": {}}),
    "nothing behind the key": application(syncPolicy={"automated": None, "syncOptions": None}),
    "backoff in seconds": application(syncPolicy={"retry": {"backoff": {"duration": "10"}}}),
    "whole number written as float": application(syncPolicy={"retry": {"limit": 5.0}}),
    "destination by name, server empty": application(
        destination={"name": "in-cluster", "server": "", "namespace": "a"}
    ),
    "destination for cluster-scoped objects": application(destination={"server": IN_CLUSTER}),
    "chart of a repository": application(
        source={
            "repoURL": "https://charts.example.org",
            "chart": "redis",
            "targetRevision": "18.*",
            "helm": {"releaseName": "cache", "valuesObject": {"a": {"b": [1, None]}}},
        }
    ),
    "chart of a repository with a path beside": application(
        source={
            "repoURL": "https://charts.example.org",
            "chart": "redis",
            "path": "",
            "targetRevision": "1.0.0",
        }
    ),
    "oci": application(
        source={"repoURL": "oci://registry.example.org/app", "path": ".", "targetRevision": "1.0"}
    ),
    "helm with everything": source(
        targetRevision="HEAD",
        helm={
            "valueFiles": ["values.yaml", "../../env/values-*.yaml"],
            "ignoreMissingValueFiles": True,
            "parameters": [
                {"name": "image.tag", "value": "1.0", "forceString": True},
                {"name": "a\\.b/c"},
            ],
            "fileParameters": [{"name": "config", "path": "files/config.json"}],
            "values": "a: 1\n",
            "version": "v3",
            "passCredentials": False,
            "skipCrds": True,
            "skipTests": True,
            "skipSchemaValidation": True,
            "namespace": "other",
            "kubeVersion": "1.33.0",
            "apiVersions": ["traefik.io/v1alpha1/TLSOption"],
        },
    ),
    "empty value files": source(helm={"valueFiles": []}),
    "several sources, one for values only, one that does both": application(
        source=None,
        sources=[
            {
                "repoURL": "https://charts.example.org",
                "chart": "traefik",
                "targetRevision": "*",
                "helm": {"valueFiles": ["$values/traefik/values.yaml"]},
            },
            {"repoURL": "https://git.example.org/v.git", "targetRevision": "main", "ref": "values"},
            {
                "repoURL": "https://git.example.org/v.git",
                "path": "extra",
                "ref": "extra",
                "name": "more",
            },
        ],
    ),
    "kustomize": source(
        kustomize={
            "namePrefix": "stg-",
            "images": ["quay.io/a/b=quay.io/c/d:1"],
            "replicas": [{"name": "web", "count": 2}, {"name": "db", "count": "1"}],
            "patches": [
                {
                    "target": {"kind": "Deployment", "name": "web"},
                    "patch": "- op: remove\n  path: /spec/replicas\n",
                    "options": {"allowNameChange": True},
                }
            ],
            "components": ["../components/tls"],
            "commonAnnotations": {"a": "b"},
            "commonAnnotationsEnvsubst": True,
            "labelWithoutSelector": True,
        }
    ),
    "directory with jsonnet": source(
        directory={
            "recurse": True,
            "include": "*.yaml",
            "exclude": "{config.yaml,env/*}",
            "jsonnet": {
                "libs": ["vendor"],
                "extVars": [{"name": "mode", "value": "test"}],
                "tlas": [{"name": "a", "value": "1", "code": True}],
            },
        }
    ),
    "plugin": source(
        plugin={
            "name": "avp",
            "env": [{"name": "A", "value": "b"}],
            "parameters": [
                {"name": "values", "array": ["x"]},
                {"name": "m", "map": {"k": "v"}},
                {"name": "s", "string": ""},
            ],
        }
    ),
    "differences to ignore": application(
        ignoreDifferences=[
            {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]},
            {"kind": "ServiceAccount", "jqPathExpressions": [".imagePullSecrets"]},
            {"group": "*", "kind": "*", "managedFieldsManagers": ["kube-controller-manager"]},
        ]
    ),
    "source hydrator": application(
        source=None,
        sourceHydrator={
            "drySource": {
                "repoURL": "https://git.example.org/a.git",
                "path": "chart",
                "targetRevision": "HEAD",
                "helm": {"valueFiles": ["values.yaml"]},
            },
            "syncSource": {"targetBranch": "environments/dev", "path": "app"},
            "hydrateTo": {"targetBranch": "environments/dev-next"},
        },
    ),
    "placeholders of other programs": application(
        project="${PROJECT}",
        destination={"server": IN_CLUSTER, "namespace": "site-${environment}"},
    ),
    "facts and history": application(
        info=[{"name": "docs", "value": "https://example.org"}], revisionHistoryLimit=3
    ),
    "as the cluster gives it back": {
        **application(),
        "metadata": {
            "name": "app",
            "uid": "3f",
            "resourceVersion": "12",
            "generation": 4,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [{"manager": "kubectl"}],
            "ownerReferences": [{"kind": "Secret", "name": "owner", "uid": "1"}],
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
            "labels": {"app.kubernetes.io/part-of": "x", "empty": ""},
            "annotations": {"argocd.argoproj.io/sync-wave": "-1"},
        },
        "status": {"sync": {"status": "Synced"}, "anything": [1]},
        "operation": {"initiatedBy": {"username": "admin"}},
    },
}


@pytest.mark.parametrize("obj", SOUND.values(), ids=SOUND)
def test_what_argocd_takes_is_clean(obj: dict[str, Any]) -> None:
    assert check_application(obj) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "environments").rglob("*.yaml")), ids=lambda path: path.name
)
def test_this_repository_is_clean(path: Path) -> None:
    checks = {"Application": check_application, "AppProject": check_app_project}
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        if str(document.get("apiVersion", "")).startswith("argoproj.io/"):
            assert checks[document["kind"]](document) == []
