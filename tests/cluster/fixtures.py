"""Fixtures for tests that need a cluster, here and of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.asking import Asker
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def kube() -> Iterator[Cluster]:
    """A cluster with ArgoCD, External Secrets, cert-manager and Prometheus installed in it."""
    with Cluster("argocd", "external-secrets", "cert-manager", "prometheus") as cluster:
        yield cluster


@pytest.fixture
def asker(kube: Cluster, tmp_path: Path) -> Asker:
    """The official client, pointed at the cluster."""
    return Asker.of(kube, tmp_path)
