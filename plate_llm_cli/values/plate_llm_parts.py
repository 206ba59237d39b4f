"""The groups of values of the chart plate-llm.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import WholeNumber
from plate_llm_cli.source.violations import ModelViolation, ViolationKind
from plate_llm_cli.values.kubernetes_parts import Peer, PeerPort
from plate_llm_cli.values.quantities import (
    Count,
    IntOrPercent,
    Percent,
    Port,
    PortNumber,
    Positive,
    Quantity,
)
from plate_llm_cli.values.types import (
    Annotations,
    Cidr4,
    DnsSubdomain,
    EnvVarName,
    HttpPath,
    IngressHost,
    Labels,
    Mapping,
    OptionalDnsSubdomain,
    PrometheusDuration,
    SecretKey,
    duration_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Service(StrictModel):
    """The Service in front of the pods."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = needed(
        "ClusterIP is enough behind an Ingress."
    )
    port: PortNumber = needed("Port inside the cluster.")
    target_port: Port | None = optional("null: the container port's name, http.")
    annotations: Annotations | None = optional("For load balancers.")


class ServiceMonitor(StrictModel):
    """What a Prometheus scrapes."""

    enabled: bool = needed("Needs the Prometheus Operator's CRDs.")
    interval: PrometheusDuration = needed("Time between two scrapes.")
    scrape_timeout: PrometheusDuration = needed("At most `interval`.")
    labels: Labels | None = optional("Labels by which a Prometheus finds it.")

    def complaints(self) -> Iterator[ModelViolation]:
        """A scrape that may take longer than the time to the next one, which Prometheus refuses."""
        if duration_seconds(self.scrape_timeout) > duration_seconds(self.interval):
            message = f"scrapeTimeout ({self.scrape_timeout}) is more than interval"
            yield ModelViolation(("scrapeTimeout",), f"{message} ({self.interval})")


class Metrics(StrictModel):
    """Metrics, on a port of their own."""

    port: PortNumber = needed("METRICS_PORT; no Ingress ever routes to it.")
    service_monitor: ServiceMonitor = needed("What a Prometheus scrapes.")


class SecretEnvVar(StrictModel):
    """An environment variable from a key of a Secret."""

    name: EnvVarName = needed("The variable.")
    secret_key: SecretKey = needed("The key in the Secret.")
    secret_name: DnsSubdomain | None = optional("Where it is not appSecrets.secretName.")


class AppSecrets(StrictModel):
    """Environment variables from Secrets."""

    enabled: bool = needed("false: none of the entries below.")
    secret_name: OptionalDnsSubdomain | None = optional("Secret of all entries that name none.")
    env_vars: list[SecretEnvVar] | None = optional("One entry a variable.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Entries that belong to no Secret."""
        for index, entry in enumerate(self.env_vars or ()):
            if self.enabled and not (entry.secret_name or self.secret_name):
                message = f"envVars[{index}] ({entry.name}) names no Secret"
                hint = "Set its secretName or appSecrets.secretName."
                route = ("envVars", index, "secretName")
                yield ModelViolation(route, message, hint, ViolationKind.MISSING_FIELD)


class Shutdown(StrictModel):
    """How a pod goes."""

    pre_stop_seconds: Count = needed("Seconds that it goes on serving after it was told to stop.")
    delay_seconds: Annotated[int, WholeNumber(0, 600)] = needed(
        "SHUTDOWN_DELAY_SECONDS: then, seconds that it says it is not ready and still serves."
    )
    grace_period_seconds: Positive = needed("Seconds until the process is killed.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Nothing left for the streams that are running."""
        if self.grace_period_seconds <= self.pre_stop_seconds + self.delay_seconds + 3:
            message = f"gracePeriodSeconds ({self.grace_period_seconds}) must be more than "
            message += f"preStopSeconds ({self.pre_stop_seconds}) + delaySeconds "
            message += f"({self.delay_seconds}) + 3"
            hint = "What is left is the time that running streams have to finish."
            yield ModelViolation(("gracePeriodSeconds",), message, hint)


class TmpVolume(StrictModel):
    """The folder for temporary files, on the node's disk."""

    size_limit: Quantity = needed("The most it may hold.")


class ServiceAccount(StrictModel):
    """The account of the pods; its token is never mounted."""

    create: bool = needed("Create it.")
    name: OptionalDnsSubdomain | None = optional('Its name; "" is the generated one.')
    annotations: Annotations | None = optional("For a cloud's workload identity, for example.")


class Switch(StrictModel):
    """Something that is on or off."""

    enabled: bool = needed("On or off.")


class IngressPath(StrictModel):
    """A path of a host."""

    path: HttpPath = needed("The path.")
    path_type: Literal["Exact", "Prefix", "ImplementationSpecific"] = needed("How it matches.")


class IngressRule(StrictModel):
    """A host and its paths."""

    host: IngressHost = needed("The host; only its traffic is routed here.")
    paths: Annotated[list[IngressPath], Field(min_length=1)] = needed("Its paths.")


class IngressTls(StrictModel):
    """A certificate and the hosts that it is for."""

    secret_name: DnsSubdomain = needed("The Secret that holds it; cert-manager fills it.")
    hosts: list[IngressHost] | None = optional("Hosts that have a rule.")


class Ingress(StrictModel):
    """What comes in from outside."""

    enabled: bool = needed("Needs hosts.")
    class_name: OptionalDnsSubdomain | None = optional('IngressClass; "" is the default one.')
    annotations: Annotations | None = optional("Settings of the controller; values are text.")
    hosts: list[IngressRule] | None = optional("Rules, each with a host of its own.")
    tls: list[IngressTls] | None = optional("Certificates.")

    def complaints(self) -> Iterator[ModelViolation]:
        """No host, a host twice, a certificate for a host without a rule."""
        hosts = [rule.host for rule in self.hosts or ()]
        if self.enabled and not hosts:
            message = "ingress is enabled, but has no hosts: all traffic would be routed here"
            yield ModelViolation(("hosts",), message, "Name the hosts that belong to this release.")
        for index, host in enumerate(hosts):
            if host in hosts[:index]:
                message = f"{host} has two rules"
                hint = "Put all its paths into one entry."
                yield ModelViolation(("hosts", index, "host"), message, hint)
        for index, entry in enumerate(self.tls or ()):
            yield from self._without_rule(index, entry, hosts)

    def _without_rule(
        self, index: int, entry: IngressTls, hosts: list[str]
    ) -> Iterator[ModelViolation]:
        for position, host in enumerate(entry.hosts or ()):
            if self.enabled and host not in hosts:
                message = f"{host} has a certificate, but no rule among hosts ({', '.join(hosts)})"
                route = ("tls", index, "hosts", position)
                yield ModelViolation(route, message, "Add a rule, or take the host out of tls.")


class Autoscaling(StrictModel):
    """How many pods there are, by load."""

    enabled: bool = needed("Takes over from replicaCount.")
    min_replicas: Positive = needed("Never fewer.")
    max_replicas: Positive = needed("Never more.")
    target_cpu: Percent | None = optional(
        "Percent of the requested CPU.", alias="targetCPUUtilizationPercentage"
    )
    target_memory: Percent | None = optional(
        "Percent of the requested memory.", alias="targetMemoryUtilizationPercentage"
    )
    behavior: Mapping | None = optional("How fast, as Kubernetes writes it.")

    def complaints(self) -> Iterator[ModelViolation]:
        """More at least than at most, or nothing to go by."""
        if self.min_replicas > self.max_replicas:
            message = f"minReplicas ({self.min_replicas}) is more than maxReplicas"
            yield ModelViolation(("minReplicas",), f"{message} ({self.max_replicas})")
        if self.enabled and not (self.target_cpu or self.target_memory):
            message = "autoscaling is enabled, but nothing says by which load"
            hint = "Set targetCPUUtilizationPercentage or targetMemoryUtilizationPercentage."
            route = ("targetCPUUtilizationPercentage",)
            yield ModelViolation(route, message, hint, ViolationKind.MISSING_FIELD)


class PodDisruptionBudget(StrictModel):
    """How many pods a drained node may take away at once."""

    enabled: bool = needed("Create it.")
    min_available: IntOrPercent | None = optional("Pods that stay; or maxUnavailable.")
    max_unavailable: IntOrPercent | None = optional("Pods that may go; or minAvailable.")
    unhealthy_pod_eviction_policy: Literal["AlwaysAllow", "IfHealthyBudget"] = needed(
        "AlwaysAllow: pods that are not healthy never stop a node from being drained."
    )

    def complaints(self) -> Iterator[ModelViolation]:
        """Both limits or none, or one that lets no pod go."""
        if not self.enabled:
            return
        if (self.min_available is None) == (self.max_unavailable is None):
            message = "podDisruptionBudget needs exactly one of minAvailable and maxUnavailable"
            yield ModelViolation(("minAvailable",), message, "Set the other one to null.")
        elif self.max_unavailable in (0, "0%") or self.min_available == "100%":
            name = "minAvailable" if self.max_unavailable is None else "maxUnavailable"
            message = f"{name} lets no pod go: no node with one could be drained"
            yield ModelViolation((name,), message)


class HttpsEgress(StrictModel):
    """Port 443 of everything that is not excepted."""

    except_cidrs: list[Cidr4] | None = optional("Networks that are not reached.")


class NetworkPolicy(StrictModel):
    """Who may reach the pods, and what they may reach."""

    enabled: bool = needed("Needs a network plugin that enforces policies.")
    ingress_controller: Peer = needed("May reach `port`.")
    monitoring: Peer = needed("May reach `metrics.port`.")
    dns: Peer = needed("Is asked for names.")
    cache: PeerPort = needed("plate-cache.")
    plate_api: PeerPort = needed("plate-api.")
    https: HttpsEgress = needed("Providers and LangSmith.")
    extra_ingress: list[Mapping] | None = optional("Further rules, as Kubernetes writes them.")
    extra_egress: list[Mapping] | None = optional("Further rules, as Kubernetes writes them.")


class Tests(StrictModel):
    """Pods that try what was rolled out."""

    enabled: bool = needed("A pod of `helm test`: nothing runs until somebody calls it.")
    timeout_seconds: Positive = needed("Seconds that a request may take.")
    wait_seconds: Count = needed("Seconds that the service has to become ready.")
    with_token: bool = needed("Gives the pod AUTH_JWT_SECRET, so that it can make good tokens.")
    chat: bool = needed("Asks the default model, which costs tokens.")
    post_sync: Switch = needed("A hook of ArgoCD: where it fails, the sync fails.")
