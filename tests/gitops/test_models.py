from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.gitops.models import (
    Application,
    check_app_project,
    check_application,
)
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

ROOT = Path(__file__).parents[2]
IN_CLUSTER = "https://kubernetes.default.svc"


def application(**spec: Any) -> dict[str, Any]:
    """A sound Application with `spec` put over it; None takes a field away."""
    base: dict[str, Any] = {
        "project": "default",
        "source": {"repoURL": "https://git.example.org/a.git", "path": "chart"},
        "destination": {"server": IN_CLUSTER, "namespace": "team-a"},
    }
    merged = {key: value for key, value in {**base, **spec}.items() if value is not None}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "app", "namespace": "argocd"},
        "spec": merged,
    }


def source(**fields: Any) -> dict[str, Any]:
    return application(
        source={"repoURL": "https://git.example.org/a.git", "path": "chart", **fields}
    )


def only(obj: dict[str, Any]) -> ModelViolation:
    found = check_application(obj)
    assert len(found) == 1, found
    return found[0]


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


@pytest.mark.parametrize(
    ("obj", "route", "help_text"),
    [
        (
            application(syncPolicy={"prune": True}),
            ("spec", "syncPolicy", "prune"),
            "It belongs under `spec.syncPolicy.automated`.",
        ),
        (
            source(valueFiles=["a.yaml"]),
            ("spec", "source", "valueFiles"),
            "It belongs under `spec.source.helm`.",
        ),
        (
            application(namespace="a"),
            ("spec", "namespace"),
            "It belongs under `spec.destination`.",
        ),
        (
            application(syncPolicy={"automated": {"syncOptions": []}}),
            ("spec", "syncPolicy", "automated", "syncOptions"),
            "It belongs under `spec.syncPolicy`.",
        ),
        (application(helm={}), ("spec", "helm"), "It belongs under `spec.source`."),
        (
            source(helm={"targetRevision": "main"}),
            ("spec", "source", "helm", "targetRevision"),
            "It belongs under `spec.source`.",
        ),
        (
            application(finalizers=["a"]),
            ("spec", "finalizers"),
            "It belongs under `metadata`.",
        ),
    ],
)
def test_a_field_in_the_wrong_place(
    obj: dict[str, Any], route: tuple[str, ...], help_text: str
) -> None:
    found = only(obj)
    assert (found.kind, found.route) == (ViolationKind.MISPLACED_FIELD, route)
    assert found.help == help_text


def test_the_message_of_a_misplaced_field() -> None:
    found = only(application(syncPolicy={"prune": True}))
    assert found.message == "`prune` does not belong under `spec.syncPolicy`"


def test_the_place_is_one_of_the_same_list() -> None:
    sources = [{"repoURL": "https://x", "path": "a", "releaseName": "r"}]
    found = only(application(source=None, sources=sources))
    assert found.route == ("spec", "sources", 0, "releaseName")
    assert found.help == "It belongs under `spec.sources[].helm`."


@pytest.mark.parametrize(
    ("obj", "route", "help_text"),
    [
        (
            application(syncPolicy={"automated": {"selfheal": True}}),
            ("spec", "syncPolicy", "automated", "selfheal"),
            "Did you mean `selfHeal`?",
        ),
        (source(repoUrl="x"), ("spec", "source", "repoUrl"), "Did you mean `repoURL`?"),
        (
            source(helm={"valuesFiles": ["a"]}),
            ("spec", "source", "helm", "valuesFiles"),
            "Did you mean `valueFiles`?",
        ),
        (
            application(valueFile=["a"]),
            ("spec", "valueFile"),
            "Did you mean `valueFiles`? It belongs under `spec.source.helm`.",
        ),
        (
            application(syncPolicy={"automated": {"xyz": 1}}),
            ("spec", "syncPolicy", "automated", "xyz"),
            "Known here: prune, selfHeal, allowEmpty, enabled.",
        ),
    ],
)
def test_a_field_that_nobody_knows(
    obj: dict[str, Any], route: tuple[str, ...], help_text: str
) -> None:
    found = only(obj)
    assert (found.kind, found.route) == (ViolationKind.UNKNOWN_FIELD, route)
    assert found.help == help_text


def test_python_spelling_is_no_spelling() -> None:
    assert only(source(target_revision="main")).help == "Did you mean `targetRevision`?"


@pytest.mark.parametrize(
    ("obj", "route", "message"),
    [
        (
            application(project=None),
            ("spec", "project"),
            "`project` is missing under `spec`",
        ),
        (
            application(source=None),
            ("spec", "source"),
            "an Application needs `source` or `sources`",
        ),
        (
            application(destination={"namespace": "a"}),
            ("spec", "destination", "server"),
            "a destination needs `server` (an address) or `name` (of a cluster)",
        ),
        (
            application(source={"repoURL": "https://x"}),
            ("spec", "source", "path"),
            "a source needs `path` (a folder of Git) or `chart` (of a Helm repository)",
        ),
        (
            application(source={"repoURL": "https://x", "chart": "redis"}),
            ("spec", "source", "targetRevision"),
            "`targetRevision` is missing: which version of the chart redis?",
        ),
        (
            application(source={"path": "a"}),
            ("spec", "source", "repoURL"),
            "`repoURL` is missing under `spec.source`",
        ),
        (
            {**application(), "metadata": {"namespace": "argocd"}},
            ("metadata", "name"),
            "`name` is missing under `metadata`",
        ),
    ],
)
def test_a_field_that_is_missing(obj: dict[str, Any], route: tuple[str, ...], message: str) -> None:
    found = only(obj)
    assert (found.kind, found.route) == (ViolationKind.MISSING_FIELD, route)
    assert found.message == message


@pytest.mark.parametrize(
    ("obj", "route", "message", "help_text"),
    [
        (
            source(targetRevision=1.0),
            ("spec", "source", "targetRevision"),
            "`targetRevision` must be text, not a number",
            "Put it in quotes.",
        ),
        (
            source(helm={"parameters": [{"name": "a", "value": True}]}),
            ("spec", "source", "helm", "parameters", 0, "value"),
            "`value` must be text, not true or false",
            "Put it in quotes.",
        ),
        (
            source(helm={"valueFiles": "values.yaml"}),
            ("spec", "source", "helm", "valueFiles"),
            "`valueFiles` must be a list, not text",
            'Write it as a list: every entry begins with "- ".',
        ),
        (
            source(helm={"values": {"a": 1}}),
            ("spec", "source", "helm", "values"),
            "`values` must be text, not a mapping",
            "A mapping is written in `valuesObject`; `values` is a block of text (`values: |`).",
        ),
        (
            source(helm={"valuesObject": "a: 1"}),
            ("spec", "source", "helm", "valuesObject"),
            "`valuesObject` must be a mapping, not text",
            "A block of text is written in `values`; `valuesObject` is a mapping (no `|`).",
        ),
        (
            application(syncPolicy={"syncOptions": [{"CreateNamespace": True}]}),
            ("spec", "syncPolicy", "syncOptions", 0),
            "`syncOptions[0]` must be text, not a mapping",
            "Write it as one text: CreateNamespace=true.",
        ),
        (
            application(syncPolicy={"syncOptions": {"CreateNamespace": True}}),
            ("spec", "syncPolicy", "syncOptions"),
            "`syncOptions` must be a list, not a mapping",
            'Write it as a list: every entry begins with "- ".',
        ),
        (
            application(syncPolicy={"automated": True}),
            ("spec", "syncPolicy", "automated"),
            "`automated` must be a mapping, not true or false",
            "",
        ),
        (
            application(syncPolicy={"automated": {"prune": "true"}}),
            ("spec", "syncPolicy", "automated", "prune"),
            "`prune` must be true or false, not text",
            "Write it without quotes.",
        ),
        (
            application(syncPolicy={"retry": {"limit": 1.5}}),
            ("spec", "syncPolicy", "retry", "limit"),
            "`limit` must be a whole number, not a fraction",
            "",
        ),
        (
            application(syncPolicy={"retry": {"backoff": {"duration": 5}}}),
            ("spec", "syncPolicy", "retry", "backoff", "duration"),
            "`duration` must be text, not a number",
            "Put it in quotes.",
        ),
        (
            {
                **application(),
                "metadata": {"name": "a", "annotations": {"argocd.argoproj.io/sync-wave": 1}},
            },
            ("metadata", "annotations", "argocd.argoproj.io/sync-wave"),
            "`argocd.argoproj.io/sync-wave` must be text, not a number",
            "Put it in quotes.",
        ),
    ],
)
def test_a_value_of_the_wrong_type(
    obj: dict[str, Any], route: tuple[str | int, ...], message: str, help_text: str
) -> None:
    found = only(obj)
    assert (found.kind, found.route) == (ViolationKind.WRONG_TYPE, route)
    assert (found.message, found.help) == (message, help_text)


@pytest.mark.parametrize(
    ("obj", "route", "message"),
    [
        (application(project=""), ("spec", "project"), "`project` must not be empty"),
        (
            application(destination={"server": IN_CLUSTER, "name": "in-cluster"}),
            ("spec", "destination", "name"),
            "`server` and `name` are both set: ArgoCD refuses to choose a cluster",
        ),
        (
            application(sources=[{"repoURL": "https://x", "path": "a"}]),
            ("spec", "source"),
            "`source` is not read: `sources` is set too, and it wins",
        ),
        (
            application(source={"repoURL": "https://x", "ref": "values"}),
            ("spec", "source", "ref"),
            "`ref` has a meaning in `sources` only: this source renders nothing",
        ),
        (
            source(helm={"skipCrds": True}, directory={"recurse": True}),
            ("spec", "source", "directory"),
            "`directory` stands beside `helm`: a source is built by one tool",
        ),
        (
            source(helm={"releaseName": "a" * 54}),
            ("spec", "source", "helm", "releaseName"),
            "`releaseName` must be at most 53 characters long",
        ),
        (
            application(syncPolicy={"syncOptions": ["CreateNamespace=True"]}),
            ("spec", "syncPolicy", "syncOptions", 0),
            "`syncOptions[0]` must be CreateNamespace=true or CreateNamespace=false",
        ),
        (
            application(syncPolicy={"syncOptions": ["CreateNamspace=true"]}),
            ("spec", "syncPolicy", "syncOptions", 0),
            "`syncOptions[0]` holds CreateNamspace, which ArgoCD does not know and passes over",
        ),
        (
            application(syncPolicy={"syncOptions": ["ServerSideDiff=true"]}),
            ("spec", "syncPolicy", "syncOptions", 0),
            "`syncOptions[0]` holds ServerSideDiff, which is no sync option",
        ),
        (
            application(syncPolicy={"retry": {"backoff": {"maxDuration": "1d"}}}),
            ("spec", "syncPolicy", "retry", "backoff", "maxDuration"),
            "`maxDuration` must be a duration such as 90s, 5m or 1h30m",
        ),
        (
            application(syncPolicy={"managedNamespaceMetadata": {"labels": {"a": "b"}}}),
            ("spec", "syncPolicy", "managedNamespaceMetadata"),
            "`managedNamespaceMetadata` does nothing without the option CreateNamespace=true",
        ),
        (
            application(ignoreDifferences=[{"kind": "Service", "jsonPointers": [".spec"]}]),
            ("spec", "ignoreDifferences", 0, "jsonPointers", 0),
            "`jsonPointers[0]` is no JSON pointer: it must begin with /",
        ),
        (
            {**application(), "metadata": {"name": "My_App"}},
            ("metadata", "name"),
            "`name` must be a DNS name of at most 253 characters",
        ),
        (
            {**application(), "metadata": {"name": "a", "labels": {"a b": "c"}}},
            ("metadata", "labels", "a b"),
            "the key `a b` must be a key: [prefix/]name, where the name has at most 63 letters, "
            "digits, -, _ and .",
        ),
        (
            {**application(), "apiVersion": "argoproj.io/v1"},
            ("apiVersion",),
            "`apiVersion` must be 'argoproj.io/v1alpha1'",
        ),
    ],
)
def test_a_value_that_does_not_hold(
    obj: dict[str, Any], route: tuple[str | int, ...], message: str
) -> None:
    found = only(obj)
    assert (found.kind, found.route) == (ViolationKind.BAD_VALUE, route)
    assert found.message == message


def test_one_mistake_does_not_hide_another() -> None:
    obj = application(
        project="",
        syncPolicy={"prune": True, "syncOptions": [{"a": 1}, "CreateNamspace=true"]},
        destination={"server": IN_CLUSTER, "name": "x"},
    )
    assert {found.route for found in check_application(obj)} == {
        ("spec", "project"),
        ("spec", "syncPolicy", "prune"),
        ("spec", "syncPolicy", "syncOptions", 0),
        ("spec", "syncPolicy", "syncOptions", 1),
        ("spec", "destination", "name"),
    }


def test_a_missing_field_does_not_hide_what_is_wrong_beside_it() -> None:
    obj = application(project=None, destination={"server": IN_CLUSTER, "name": "x"})
    assert {found.route for found in check_application(obj)} == {
        ("spec", "project"),
        ("spec", "destination", "name"),
    }


def test_nothing_is_concluded_from_a_field_that_could_not_be_read() -> None:
    policy = {"managedNamespaceMetadata": {}, "syncOptions": ["CreateNamespace=true", 1]}
    found = only(application(syncPolicy=policy))
    assert found.route == ("spec", "syncPolicy", "syncOptions", 1)


@pytest.mark.parametrize("obj", [None, 3, "text", [], True])
def test_what_is_no_object_at_all(obj: Any) -> None:
    assert [found.kind for found in check_application(obj)] == [ViolationKind.WRONG_TYPE]


def test_a_built_application_is_written_as_kubernetes_reads_it() -> None:
    built = Application.model_validate(
        {
            "metadata": {"name": "a"},
            "spec": {
                "project": "default",
                "source": {"repo_url": "https://x", "path": "p", "target_revision": "main"},
                "destination": {"server": IN_CLUSTER},
                "sync_policy": {"automated": {"self_heal": True}},
            },
        }
    )
    assert built.as_plain() == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "a"},
        "spec": {
            "project": "default",
            "source": {"repoURL": "https://x", "path": "p", "targetRevision": "main"},
            "destination": {"server": IN_CLUSTER},
            "syncPolicy": {"automated": {"selfHeal": True}},
        },
    }


def test_a_wrong_application_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Application.model_validate(application(project=""))


_NAMES = ["spec", "source", "sources", "helm", "syncPolicy", "syncOptions", "automated", "metadata"]
_TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(_TREES)
def test_no_data_brings_it_down(tree: Any) -> None:
    before = copy.deepcopy(tree)
    check_application(tree)
    check_app_project(tree)
    assert repr(tree) == repr(before)
