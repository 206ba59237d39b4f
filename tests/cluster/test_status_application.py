"""Applications on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.status.item import Level
from tests.cluster.looking import living

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.looking import Look


@pytest.fixture
def look(kube: Cluster, tmp_path: Path) -> Look:
    return living(kube, tmp_path)


WEB = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "web"}


def test_it_is_not_there(look: Look) -> None:
    look.kube.delete("Application", "web-prod", "argocd")
    (problem,) = look.item("Application").problems
    assert (problem.level, problem.text) == (Level.FAILING, "is not there")
    assert problem.advice == "plate-llm argocd apply web-prod"


def test_what_git_has_is_on_its_way(look: Look) -> None:
    behind = {"sync": {"status": "OutOfSync"}, "resources": [WEB | {"status": "OutOfSync"}]}
    look.living.application("web-prod", behind)
    assert look.said("Application") == (
        Level.WAITING,
        ["not as Git has it: Deployment shop/web"],
    )


def test_what_git_has_is_brought_by_nobody(look: Look) -> None:
    manual = {"spec": {"syncPolicy": None}}
    look.kube.patch("Application", "web-prod", manual, "argocd")
    look.living.application("web-prod", {"sync": {"status": "OutOfSync"}})
    (problem,) = look.item("Application").problems
    assert (problem.level, problem.advice) == (Level.FAILING, "plate-llm argocd sync web-prod")


def test_argocd_cannot_render(look: Look) -> None:
    message = "failed to generate manifest: hvs.CAESIJkrandomTOKEN1234567890abc is no map"
    status = {"sync": {"status": "Unknown"}}
    look.living.application(
        "web-prod", status | {"conditions": [{"type": "ComparisonError", "message": message}]}
    )
    level, problems = look.said("Application")
    assert level is Level.FAILING
    assert problems[0] == "ComparisonError: failed to generate manifest: [hidden] is no map"


def test_a_warning_is_a_note(look: Look) -> None:
    said = {"type": "SharedResourceWarning", "message": "ConfigMap/a is part of other too"}
    look.living.application("web-prod", {"conditions": [said]})
    assert look.said("Application")[0] is Level.NOTE


def test_a_sync_that_failed_names_what_was_refused(look: Look) -> None:
    refused = WEB | {"status": "SyncFailed", "message": "field is immutable"}
    operation = {"phase": "Failed", "message": "one or more objects failed to apply"}
    operation |= {"syncResult": {"resources": [refused]}}  # type: ignore[dict-item]
    again = {"type": "SyncError", "message": "Failed last sync attempt to [1]: one or more"}
    look.living.application(
        "web-prod",
        {"operationState": operation, "sync": {"status": "OutOfSync"}, "conditions": [again]},
    )
    assert look.said("Application")[1] == [
        "the last sync has failed: one or more objects failed to apply",
        "Deployment shop/web: field is immutable",
        "not as Git has it",
    ]


def test_a_sync_that_runs(look: Look) -> None:
    running = {"phase": "Running", "message": "waiting for hook Job/migrate"}
    look.living.application("web-prod", {"operationState": running})
    assert look.said("Application") == (
        Level.WAITING,
        ["a sync is running: waiting for hook Job/migrate"],
    )


def test_a_status_of_another_source_is_told_apart(look: Look) -> None:
    look.kube.patch("Application", "web-prod", {"spec": {"source": {"path": "new"}}}, "argocd")
    assert look.said("Application") == (
        Level.WAITING,
        ["ArgoCD has compared with what the Application said before"],
    )


def test_argocd_that_looks_no_more(look: Look) -> None:
    look.living.application("web-prod", {"reconciledAt": look.living.ago(hours=3)})
    assert look.said("Application") == (Level.NOTE, ["ArgoCD has not looked for 3h"])


def test_what_it_calls_degraded(look: Look) -> None:
    unwell = WEB | {"status": "Synced", "health": {"status": "Degraded"}}
    look.living.application("web-prod", {"health": {"status": "Degraded"}, "resources": [unwell]})
    assert look.said("Application") == (
        Level.FAILING,
        ["ArgoCD calls it Degraded: Deployment shop/web Degraded"],
    )
