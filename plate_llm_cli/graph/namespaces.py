"""Who makes the namespaces that are deployed to."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.releases import ProblemKind

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

_ALWAYS: Final = re.compile(r"default|kube-.*|openshift.*|gke-.*|istio-system|cattle-system")
"""Namespaces that come with a cluster or with what it is set up by."""
_MAKERS: Final = re.compile(
    rb"""kind:\s*["']?(?:Namespace|Project|ProjectRequest|SubnamespaceAnchor)\b"""
    rb"""|kubernetes_namespace|create_?namespace["']?\s*[:=]\s*["']?true""",
    re.IGNORECASE,
)
"""What a file has that makes namespaces, whoever applies it."""
_BY_HAND: Final = rb"create\s+(?:ns|namespace)\s+"
_DATA: Final = (".yaml", ".yml", ".json", ".tf", ".hcl", ".libsonnet")
_WORDS: Final = (".sh", ".md", "Makefile", ".yaml", ".yml")
_UNSEEN: Final = (
    ProblemKind.UNSUPPORTED_SOURCE,
    ProblemKind.MISSING_PATH,
    ProblemKind.OUTSIDE_ROOT,
    ProblemKind.IGNORED_CHART,
)
"""Problems of a release that leave objects of this tree unseen."""


class Namespaces:
    """What the tree says of the namespaces of its clusters."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._shares: dict[str, float] = {}

    def is_made(self, place: ClusterNamespace) -> bool:
        """Whether something makes the namespace, as far as anybody can see from the tree."""
        name = place[1]
        if _ALWAYS.fullmatch(name) or name in self._argocd or place in self._created:
            return True
        word = rb"(?<![\w-])" + re.escape(name.encode()) + rb"(?![\w-])"
        return any(re.search(word, data) for data in self._makers) or any(
            re.search(_BY_HAND + word, data) for data in self._recipes
        )

    def names(self, cluster: str) -> tuple[str, ...]:
        """The namespaces of a cluster that Applications or objects of the tree make."""
        return tuple(sorted(name for there, name in self._created if there == cluster))

    def share_made(self, cluster: str) -> float:
        """How many of the namespaces that the cluster's releases go to are made, from 0 to 1."""
        if cluster not in self._shares:
            there = {
                item.place
                for item in self._deployment.known.releases
                if item.application.cluster == cluster and not _ALWAYS.fullmatch(item.namespace)
            }
            self._shares[cluster] = sum(map(self.is_made, there)) / max(len(there), 1)
        return self._shares[cluster]

    def may_be_made_unseen(self, cluster: str) -> bool:
        """Whether a release of the cluster was not seen that might make namespaces.

        A chart from a registry makes none, as a rule.
        """
        return cluster in self._half_seen

    @cached_property
    def _half_seen(self) -> set[str]:
        half = set(map(id, self._deployment.half_known))
        seen = set(map(id, self._deployment.releases))
        return {
            item.application.cluster
            for item in self._deployment.known.releases
            if id(item) in half or id(item) not in seen or self._is_elsewhere(item)
        }

    @cached_property
    def _argocd(self) -> set[str]:
        return {item.application.identity[0] for item in self._deployment.known.releases}

    @cached_property
    def objects(self) -> set[ClusterNamespace]:
        """The Namespaces that are deployed as objects."""
        return {
            (item.release.application.cluster, item.name)
            for item in self._deployment.manifests
            if item.kind == "Namespace" and item.api_version == "v1"
        }

    @cached_property
    def _created(self) -> set[ClusterNamespace]:
        by_argocd = {
            item.place
            for item in self._deployment.known.releases
            if item.application.creates_namespace
        }
        return by_argocd | self.objects

    @cached_property
    def _makers(self) -> list[bytes]:
        """The files that make namespaces outside of what is deployed, or look like it."""
        applied = {item.file.path for item in self._deployment.manifests}
        applied |= {item.application.file.path for item in self._deployment.known.releases}
        # An AppProject names kinds and namespaces that may be made.
        others = self._deployment.discovery.others
        applied |= {file.path for kind, file, _ in others if kind == "AppProject"}
        tree = self._deployment.tree
        found = [tree.data(path) for path in tree.walk(suffixes=_DATA) if path not in applied]
        return [data for data in found if _MAKERS.search(data)]

    @cached_property
    def _recipes(self) -> list[bytes]:
        """The files that tell people, or a shell, to make namespaces."""
        tree = self._deployment.tree
        found = [tree.data(path) for path in tree.walk(suffixes=_WORDS)]
        return [data for data in found if re.search(_BY_HAND, data)]

    def _is_elsewhere(self, release: Release) -> bool:
        home = self._deployment.discovery.home
        sources = [item for item in release.application.sources if not item.chart and item.path]
        unseen = any(problem.kind in _UNSEEN for problem in release.problems)
        return unseen or any(not home.holds(item) for item in sources)
