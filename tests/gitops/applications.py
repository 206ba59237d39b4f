"""Applications as plain data, for the tests of their models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.models import check_application

if TYPE_CHECKING:
    from plate_llm_cli.source.violations import ModelViolation

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
