"""Fixtures for tests that need a cluster, here and of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def kube() -> Iterator[Cluster]:
    """A cluster with ArgoCD, External Secrets, cert-manager and Prometheus installed in it."""
    with Cluster("argocd", "external-secrets", "cert-manager", "prometheus") as cluster:
        yield cluster
