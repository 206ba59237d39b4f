"""Parts of values that look the same in every chart: containers, workloads, NetworkPolicies.

What goes to Kubernetes as it is stays loose where Kubernetes has many fields, and strict where it
has few that people mistype.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm
from plate_llm_cli.source.violations import ModelViolation
from plate_llm_cli.values.quantities import (
    Count,
    IntOrPercent,
    Port,
    PortNumber,
    Positive,
    Quantity,
    quantity_value,
)
from plate_llm_cli.values.types import (
    DnsSubdomain,
    EnvVarName,
    HttpPath,
    ImageRepository,
    ImageTag,
    Labels,
    Mapping,
    OptionalDnsLabel,
    OptionalImageDigest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESOURCE = TextForm(
    "cpu|memory|ephemeral-storage|hugepages-[A-Za-z0-9]+|[-a-z0-9.]+/[-A-Za-z0-9_.]+",
    "a resource: cpu, memory, ephemeral-storage, hugepages-* or an extended one with its domain",
)
Resources = dict[Annotated[str, _RESOURCE], Quantity]


class ChartValues(StrictModel):
    """All values of a chart. `global` may be there, because Helm shares it with other charts."""

    global_: Mapping | None = optional("Values that a parent chart shares.", alias="global")


class NameReference(StrictModel):
    """An object of the same namespace."""

    name: DnsSubdomain = needed("Its name.")


class ContainerImage(StrictModel):
    """The image of a container."""

    repository: ImageRepository = needed("Image without tag.")
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = needed(
        "When to pull: a moving tag needs Always."
    )
    tag: ImageTag | None = optional("Tag, as text; null is the chart's appVersion.")
    digest: OptionalImageDigest | None = optional("Pins the content: sha256:...")


class ContainerResources(StrictModel):
    """What a container asks for and may use."""

    limits: Resources | None = optional("The most it may use.")
    requests: Resources | None = optional("What it is promised.")
    claims: list[Mapping] | None = optional("Devices, by the names of the pod's claims.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Promises above the limit, which Kubernetes refuses."""
        for name, request in (self.requests or {}).items():
            limit = (self.limits or {}).get(name)
            if limit is not None and quantity_value(request) > quantity_value(limit):
                message = f"requests.{name} ({request}) is more than limits.{name} ({limit})"
                hint = "Kubernetes refuses such a pod: raise the limit or lower the request."
                yield ModelViolation(("requests", name), message, hint)


class HttpGet(StrictModel):
    """A request that has to succeed."""

    path: HttpPath | None = optional("Path of the request.")
    port: Port = needed("Port of the container, by number or name.")
    host: str | None = optional("Host; otherwise the pod.")
    scheme: Literal["HTTP", "HTTPS"] | None = optional("HTTP or HTTPS.")
    http_headers: list[Mapping] | None = optional("Headers of the request.")


class TcpSocket(StrictModel):
    """A connection that has to succeed."""

    port: Port = needed("Port of the container, by number or name.")
    host: str | None = optional("Host; otherwise the pod.")


class ExecAction(StrictModel):
    """A command that has to succeed."""

    command: list[str] = needed("The command and its arguments.")


class GrpcAction(StrictModel):
    """A gRPC health check that has to succeed."""

    port: PortNumber = needed("Port of the container.")
    service: str | None = optional("Name of the service to ask for.")


class Probe(StrictModel):
    """How Kubernetes asks a container whether it is well."""

    http_get: HttpGet | None = optional("A request that has to succeed.")
    tcp_socket: TcpSocket | None = optional("A connection that has to succeed.")
    exec: ExecAction | None = optional("A command that has to succeed.")
    grpc: GrpcAction | None = optional("A gRPC health check that has to succeed.")
    initial_delay_seconds: Count | None = optional("Seconds to wait before the first time.")
    period_seconds: Positive | None = optional("Seconds between two times.")
    timeout_seconds: Positive | None = optional("Seconds to wait for an answer.")
    success_threshold: Positive | None = optional("Successes in a row that count as well.")
    failure_threshold: Positive | None = optional("Failures in a row that count as ill.")
    termination_grace_period_seconds: Positive | None = optional("Seconds to end after a failure.")

    def complaints(self) -> Iterator[ModelViolation]:
        """None or several ways to ask."""
        ways = (self.http_get, self.tcp_socket, self.exec, self.grpc)
        names = ("httpGet", "tcpSocket", "exec", "grpc")
        given = [name for name, way in zip(names, ways, strict=True) if way is not None]
        if not given:
            yield ModelViolation((), "a probe needs one of httpGet, tcpSocket, exec and grpc")
        for name in given[1:]:
            message = f"`{name}` stands beside `{given[0]}`: a probe asks in one way"
            yield ModelViolation((name,), message, f"Set `{given[0]}` or `{name}` to null.")


class RollingUpdate(StrictModel):
    """How many pods may be too many or too few during a roll-out."""

    max_surge: IntOrPercent | None = optional("Pods above the wanted number.")
    max_unavailable: IntOrPercent | None = optional("Pods below the wanted number.")


class Strategy(StrictModel):
    """How new pods take over."""

    type: Literal["RollingUpdate", "Recreate"] | None = optional("RollingUpdate or Recreate.")
    rolling_update: RollingUpdate | None = optional("How fast; with RollingUpdate only.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Settings of the other type, which Kubernetes refuses."""
        if self.type == "Recreate" and self.rolling_update is not None:
            message = "`rollingUpdate` is refused with the type Recreate"
            yield ModelViolation(("rollingUpdate",), message, "Set `rollingUpdate: null`.")


class EnvVar(StrictModel):
    """An environment variable, as Kubernetes writes it."""

    name: EnvVarName = needed("Its name.")
    value: str | None = optional("Its value, always a text.")
    value_from: Mapping | None = optional("Where its value comes from.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Two values."""
        if self.value and self.value_from is not None:
            message = "`value` and `valueFrom` are both set: Kubernetes refuses that"
            yield ModelViolation(("valueFrom",), message, "Keep one of the two.")


class Peer(StrictModel):
    """Pods that traffic comes from or goes to."""

    namespace: OptionalDnsLabel | None = optional('Their namespace; "" is the release\'s own.')
    pod_labels: Labels | None = optional("Their labels; {} is every pod.")


class PeerPort(Peer):
    """Pods that traffic goes to, and their port."""

    port: PortNumber = needed("Port of the pods, not of their Service.")
