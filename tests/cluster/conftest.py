"""A cluster for every test of this folder."""

from tests.cluster.fixtures import kube

__all__ = ["kube"]
