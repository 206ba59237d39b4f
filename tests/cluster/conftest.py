"""A cluster for every test of this folder, and the official client for it."""

from tests.cluster.fixtures import asker, kube

__all__ = ["asker", "kube"]
