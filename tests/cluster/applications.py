"""Applications as ArgoCD leaves them, a few fields at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plate_llm_cli.cluster.argocd.application import LiveApplication

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
"""When the change was made."""

BEFORE, AFTER, LATER = "2026-05-04T11:59:59Z", "2026-05-04T12:00:01Z", "2026-05-04T12:00:09Z"
SOURCE = {
    "repoURL": "https://git.example.com/a.git",
    "path": "charts/web",
    "targetRevision": "main",
}
COMMIT = "1" * 40


def live(status: dict[str, Any] | None = None, **fields: Any) -> LiveApplication:
    """An Application that came up after `NOW`, but for `status` and other fields."""
    sound = {
        "reconciledAt": AFTER,
        "sync": {"status": "Synced", "revision": COMMIT, "comparedTo": {"source": SOURCE}},
        "health": {"status": "Healthy"},
    }
    node = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web-stg", "namespace": "argocd"},
        "spec": {"source": SOURCE, "syncPolicy": {"automated": {"prune": True}}},
        "status": sound | (status or {}),
    }
    return LiveApplication(node | fields)
