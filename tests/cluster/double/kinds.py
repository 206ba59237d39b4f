"""The resources that a cluster has before anything is installed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.cluster.double.schemas import builtin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.double.schemas import Shape

ResourceId = tuple[str, str]  # group, plural

# group, version, plural, kind, scope, subresources, short names
_TABLE = """
-  v1 namespaces Namespace cluster status ns
-  v1 nodes Node cluster status no
-  v1 persistentvolumes PersistentVolume cluster status pv
-  v1 configmaps ConfigMap namespaced - cm
-  v1 secrets Secret namespaced - -
-  v1 services Service namespaced status,proxy svc
-  v1 endpoints Endpoints namespaced - ep
-  v1 events Event namespaced - ev
-  v1 serviceaccounts ServiceAccount namespaced token sa
-  v1 pods Pod namespaced status,log,portforward,proxy po
-  v1 resourcequotas ResourceQuota namespaced status quota
-  v1 limitranges LimitRange namespaced - limits
-  v1 persistentvolumeclaims PersistentVolumeClaim namespaced status pvc
apps v1 deployments Deployment namespaced status,scale deploy
apps v1 replicasets ReplicaSet namespaced status,scale rs
apps v1 statefulsets StatefulSet namespaced status,scale sts
apps v1 daemonsets DaemonSet namespaced status ds
apps v1 controllerrevisions ControllerRevision namespaced - -
autoscaling v2 horizontalpodautoscalers HorizontalPodAutoscaler namespaced status hpa
batch v1 jobs Job namespaced status -
batch v1 cronjobs CronJob namespaced status cj
coordination.k8s.io v1 leases Lease namespaced - -
discovery.k8s.io v1 endpointslices EndpointSlice namespaced - -
networking.k8s.io v1 ingressclasses IngressClass cluster - -
networking.k8s.io v1 ingresses Ingress namespaced status ing
networking.k8s.io v1 networkpolicies NetworkPolicy namespaced - netpol
policy v1 poddisruptionbudgets PodDisruptionBudget namespaced status pdb
rbac.authorization.k8s.io v1 roles Role namespaced - -
rbac.authorization.k8s.io v1 rolebindings RoleBinding namespaced - -
rbac.authorization.k8s.io v1 clusterroles ClusterRole cluster - -
rbac.authorization.k8s.io v1 clusterrolebindings ClusterRoleBinding cluster - -
scheduling.k8s.io v1 priorityclasses PriorityClass cluster - pc
storage.k8s.io v1 storageclasses StorageClass cluster - sc
apiextensions.k8s.io v1 customresourcedefinitions CustomResourceDefinition cluster status crd
"""
_WITHOUT_GENERATION = {"", "autoscaling", "coordination.k8s.io", "discovery.k8s.io"}


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource; `schemas` are those of its served versions, newest first."""

    group: str
    plural: str
    kind: str
    namespaced: bool
    schemas: Mapping[str, Shape]
    subresources: frozenset[str] = frozenset()
    short_names: tuple[str, ...] = ()
    built_in: bool = True
    categories: tuple[str, ...] = field(default=())

    @property
    def id(self) -> ResourceId:
        """What it is kept under."""
        return self.group, self.plural

    @property
    def version(self) -> str:
        """The preferred version."""
        return next(iter(self.schemas))

    @property
    def qualified(self) -> str:
        """`deployments.apps`, as messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def has_status(self) -> bool:
        """Whether status is written through a subresource of its own."""
        return "status" in self.subresources

    @property
    def counts_generations(self) -> bool:
        """Whether `metadata.generation` counts its changes."""
        return not self.built_in or self.group not in _WITHOUT_GENERATION

    def api_version(self, version: str = "") -> str:
        """`apps/v1`."""
        version = version or self.version
        return f"{self.group}/{version}" if self.group else version


def builtin_resources() -> dict[ResourceId, Resource]:
    """All of them by group and plural."""
    rows = (line.split() for line in _TABLE.strip().splitlines())
    return {resource.id: resource for resource in map(_resource, rows)}


def _resource(row: list[str]) -> Resource:
    group, version, plural, kind, scope, subresources, short = row
    group = group.replace("-", "") if group == "-" else group
    return Resource(
        group,
        plural,
        kind,
        scope == "namespaced",
        {version: builtin(group, version, kind)},
        frozenset(subresources.split(",")) - {"-"},
        () if short == "-" else (short,),
        categories=("all",) if plural in {"pods", "services", "deployments"} else (),
    )
