"""The API of a double as the commands have it, and an Application to work on."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.api import Api
from plate_llm_cli.cluster.argocd.application import application_ref
from plate_llm_cli.cluster.connection import Connection
from plate_llm_cli.cluster.kubeconfig import read_kubeconfig

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster

REF = application_ref("argocd", "web-stg")


def connected(kube: Cluster, folder: Path, **user: Any) -> Api:
    """The API of `kube`; `user` are further words of `Cluster.kubeconfig`."""
    path = kube.kubeconfig(folder / "config", context="stg", **user)
    kubeconfig = read_kubeconfig({"KUBECONFIG": str(path)})
    return Api(Connection(lambda: kubeconfig.configuration("stg"), "stg"))


def application(name: str = "web-stg", *, automated: bool = True, **spec: Any) -> dict[str, Any]:
    """An Application as the tree has it; `spec` are fields of its specification."""
    policy = {"automated": {"prune": True, "selfHeal": True}} if automated else {}
    return copy.deepcopy(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {
                "project": "default",
                "source": {
                    "repoURL": "https://git.example.com/a.git",
                    "path": "charts/web",
                    "targetRevision": "main",
                },
                "destination": {
                    "server": "https://kubernetes.default.svc",
                    "namespace": "staging",
                },
                "syncPolicy": policy | {"syncOptions": ["CreateNamespace=true"]},
            }
            | spec,
        }
    )
