"""Objects by what they are called, and how the rest of the tree hangs on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.graph.certificates import Certificates
from plate_llm_cli.graph.ingress_controllers import Controllers
from plate_llm_cli.graph.ingresses import ingresses_of
from plate_llm_cli.graph.pod_security import enforced_levels
from plate_llm_cli.graph.scaling import autoscalers_of, budgets_of
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.graph.services import services_of
from plate_llm_cli.graph.workloads import workloads_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.ingresses import Ingress
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.scaling import Autoscaler, Budget
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.graph.services import Service
    from plate_llm_cli.graph.workloads import Workload


@dataclass(eq=False)
class Wiring:
    """What leads to what among the objects of a deployment, across its releases."""

    manifests: Iterable[Manifest]

    @cached_property
    def workloads(self) -> list[Workload]:
        """What runs pods."""
        return workloads_of(self.manifests)

    @cached_property
    def services(self) -> list[Service]:
        """Services with the workloads that they select."""
        return services_of(self.manifests, self.workloads)

    @cached_property
    def ingresses(self) -> list[Ingress]:
        """Ingresses with their routes."""
        return ingresses_of(self.manifests)

    @cached_property
    def controllers(self) -> Controllers:
        """Which controller serves which Ingress."""
        return Controllers(self.manifests, self.ingresses)

    @cached_property
    def certificates(self) -> Certificates:
        """The issuers of certificates and what is asked of them."""
        return Certificates(self.manifests, self.ingresses)

    @cached_property
    def autoscalers(self) -> list[Autoscaler]:
        """What scales workloads."""
        return autoscalers_of(self.manifests, self.workloads)

    @cached_property
    def budgets(self) -> list[Budget]:
        """PodDisruptionBudgets with the workloads that they select."""
        return budgets_of(self.manifests, self.workloads)

    @cached_property
    def limited_namespaces(self) -> set[ClusterNamespace]:
        """Where a LimitRange gives containers what they do not ask for."""
        return {place_of(item) for item in self.manifests if item.kind == "LimitRange"}

    @cached_property
    def security_levels(self) -> dict[ClusterNamespace, str]:
        """The Pod Security Standards that namespaces of the tree enforce."""
        return enforced_levels(self.manifests)

    @cached_property
    def _named(self) -> dict[tuple[ClusterNamespace, str, str], list[Manifest]]:
        found: dict[tuple[ClusterNamespace, str, str], list[Manifest]] = {}
        for item in self.manifests:
            found.setdefault((place_of(item), item.kind, item.name), []).append(item)
        return found

    def find(self, place: ClusterNamespace, kind: str, name: str) -> Manifest | None:
        """The object of that kind and name in a namespace; the first one where there are two."""
        return next(iter(self._named.get((place, kind, name), ())), None)

    def names(self, place: ClusterNamespace, kind: str) -> tuple[str, ...]:
        """What the objects of one kind in a namespace are called."""
        return tuple(self._names.get((place, kind), ()))

    @cached_property
    def _names(self) -> dict[tuple[ClusterNamespace, str], list[str]]:
        found: dict[tuple[ClusterNamespace, str], list[str]] = {}
        for place, kind, name in self._named:
            found.setdefault((place, kind), []).append(name)
        return found

    def service(self, place: ClusterNamespace, name: str) -> Service | None:
        """The Service of that name in a namespace."""
        return self._services.get((place, name))

    @cached_property
    def _services(self) -> dict[tuple[ClusterNamespace, str], Service]:
        return {(item.place, item.name): item for item in reversed(self.services)}
