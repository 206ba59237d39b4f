from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.source.violations import ViolationKind
from tests.gitops.applications import application, only, source


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
