"""The values of the chart plate-llm, as its values.yaml has them, with what they must be.

The chart's templates stop at the same mistakes with `fail`; here each points at its value.

Imports pydantic, which takes 100 ms: import it through the registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from plate_llm_cli.source.strict_model import needed, optional
from plate_llm_cli.source.violations import ModelViolation, ViolationKind
from plate_llm_cli.values.kubernetes_parts import (
    ChartValues,
    ContainerImage,
    ContainerResources,
    EnvVar,
    NameReference,
    Probe,
    Strategy,
)
from plate_llm_cli.values.plate_llm_env import env_complaints
from plate_llm_cli.values.plate_llm_parts import (
    AppSecrets,
    Autoscaling,
    Ingress,
    Metrics,
    NetworkPolicy,
    PodDisruptionBudget,
    Service,
    ServiceAccount,
    Shutdown,
    Switch,
    Tests,
    TmpVolume,
)
from plate_llm_cli.values.plate_llm_settings import (
    Auth,
    Cache,
    Http,
    Limits,
    Llm,
    Log,
    PlateApi,
    Playground,
    Tracing,
)
from plate_llm_cli.values.quantities import Count, PortNumber
from plate_llm_cli.values.types import (
    Annotations,
    Labels,
    Mapping,
    OptionalDnsLabel,
    OptionalDnsSubdomain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class PlateLlmValues(ChartValues):
    """All values of the chart."""

    chart: ClassVar[str] = "plate-llm"

    name_override: OptionalDnsLabel | None = optional("Replaces the chart's name in labels.")
    fullname_override: OptionalDnsLabel | None = optional("Replaces the whole generated name.")
    replica_count: Count = needed("Pods to run, while autoscaling is off.")
    revision_history_limit: Count | None = optional("Old ReplicaSets kept for a roll-back.")
    strategy: Strategy | None = optional("How new pods take over.")
    image: ContainerImage = needed("The image of the service.")
    image_pull_secrets: list[NameReference] | None = optional("Secrets with the registry's login.")
    port: PortNumber = needed("The port on which the service listens.")
    service: Service = needed("The Service in front of the pods.")
    metrics: Metrics = needed("Metrics, on a port of their own.")
    llm: Llm = needed("The models, and how they are asked.")
    auth: Auth = needed("Who may ask.")
    plate_api: PlateApi = needed("The service that issues the tokens.")
    cache: Cache = needed("The cache of answers.")
    limits: Limits = needed("How much is answered, and how large it may be.")
    http: Http = needed("Which names and web pages are answered.")
    playground: Playground = needed("A page at / to try a deployment by hand.")
    tracing: Tracing = needed("Traces to LangSmith.")
    log: Log = needed("What is written to the log.")
    app_secrets: AppSecrets = needed("Environment variables from Secrets.")
    extra_env: list[EnvVar] | None = optional("Further environment variables.")
    resources: ContainerResources | None = optional("What a pod asks for and may use.")
    startup_probe: Probe | None = optional("Until it is up; null switches it off.")
    liveness_probe: Probe | None = optional("Restarts it; null switches it off.")
    readiness_probe: Probe | None = optional("Takes traffic away; null switches it off.")
    shutdown: Shutdown = needed("How a pod goes.")
    pod_security_context: Mapping | None = optional("As Kubernetes writes it.")
    security_context: Mapping | None = optional("As Kubernetes writes it.")
    tmp_volume: TmpVolume = needed("The only place that can be written to.")
    service_account: ServiceAccount = needed("The account of the pods.")
    pod_annotations: Annotations | None = optional("Annotations of the pods.")
    pod_labels: Labels | None = optional("Labels of the pods beside the selector's.")
    reloader: Switch = needed("Restarts pods when one of their Secrets changes.")
    ingress: Ingress = needed("What comes in from outside.")
    autoscaling: Autoscaling = needed("How many pods there are, by load.")
    pod_disruption_budget: PodDisruptionBudget = needed("What a drained node may take away.")
    network_policy: NetworkPolicy = needed("Who may reach the pods, and what they may reach.")
    topology_spread_constraints: list[Mapping] | None = optional("Pods over nodes and zones.")
    priority_class_name: OptionalDnsSubdomain | None = optional('PriorityClass; "" is the default.')
    node_selector: Labels | None = optional("Labels that a node must have.")
    tolerations: list[Mapping] | None = optional("Taints that the pods put up with.")
    affinity: Mapping | None = optional("Further wishes about nodes and neighbours.")
    tests: Tests = needed("Pods that try what was rolled out.")

    def complaints(self) -> Iterator[ModelViolation]:
        """What does not go together between the groups."""
        yield from self._ports()
        yield from self._scaling()
        yield from env_complaints(self)

    def _ports(self) -> Iterator[ModelViolation]:
        target = self.service.target_port
        if target not in (None, "http", self.port):
            message = f"service.targetPort ({target}) is not the port on which the container "
            message += f"listens (port: {self.port})"
            yield ModelViolation(("service", "targetPort"), message, "Leave it null.")
        if self.metrics.port == self.port:
            message = f"port and metrics.port are both {self.port}"
            hint = "The metrics need a port of their own, which no Ingress routes to."
            yield ModelViolation(("metrics", "port"), message, hint)

    def _scaling(self) -> Iterator[ModelViolation]:
        scaling, budget = self.autoscaling, self.pod_disruption_budget
        requests = (self.resources.requests if self.resources else None) or {}
        targets = {"cpu": scaling.target_cpu, "memory": scaling.target_memory}
        for name, target in targets.items():
            if scaling.enabled and target and name not in requests:
                message = f"autoscaling goes by a percentage of resources.requests.{name}, "
                route = ("resources", "requests", name)
                kind = ViolationKind.MISSING_FIELD
                yield ModelViolation(route, f"{message}which is not set", "", kind)
        pods = scaling.min_replicas if scaling.enabled else self.replica_count
        least = budget.min_available
        either = budget.max_unavailable is None
        if budget.enabled and either and isinstance(least, int) and least >= pods:
            message = f"minAvailable ({least}) leaves no pod to evict of {pods}"
            hint = "No node with such a pod could be drained."
            yield ModelViolation(("podDisruptionBudget", "minAvailable"), message, hint)
