"""A look at an environment, and what is said of one of its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.status.page import Page, look
from tests.cluster.connecting import connected
from tests.cluster.living import Living, small

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.cluster.status.expected import Expected
    from plate_llm_cli.cluster.status.item import Item, Level
    from tests.cluster.double.cluster import Cluster


@dataclass(frozen=True)
class Look:
    """A living environment that can be looked at again and again."""

    living: Living
    folder: Path

    @property
    def kube(self) -> Cluster:
        """Where it lives."""
        return self.living.kube

    def page(self, **user: str) -> Page:
        """How it is now; `user` are words of `Cluster.kubeconfig`."""
        with connected(self.kube, self.folder, **user) as api:
            return look(api, api, self.living.expected)

    def item(self, kind: str, name: str = "") -> Item:
        """What the page says of one object."""
        found = [item for item in self.page().items if item.ref.kind == kind]
        (one,) = [item for item in found if name in ("", item.ref.name)]
        return one

    def said(self, kind: str, name: str = "") -> tuple[Level, list[str]]:
        """How bad it is, and its problems in words."""
        item = self.item(kind, name)
        return item.level, [problem.text for problem in item.problems]


def living(kube: Cluster, folder: Path, expected: Expected | None = None) -> Look:
    """The small environment, or another, in good health."""
    return Look(Living(kube, expected or small()), folder)
