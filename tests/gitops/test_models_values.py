from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.gitops.models import (
    Application,
    check_app_project,
    check_application,
)
from plate_llm_cli.source.violations import ViolationKind
from tests.gitops.applications import IN_CLUSTER, application, only, source


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
