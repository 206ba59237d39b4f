"""A Service with no pods behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.near_labels import nearest
from plate_llm_cli.graph.operators import makes_pods
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.services import Service
    from plate_llm_cli.graph.workloads import Workload

_ROUTE = ("spec", "selector")


class UnselectedService(Rule):
    """A Service selects no pod of its namespace.

    ## What it does
    Compares the selector of each Service with the labels of all pods that the tree makes in its
    namespace, over all releases. It is an error where a workload of the same release comes near:
    it has all but one of the labels, or resembling ones (`web` and `web-stg`). Otherwise the pods
    may be made by an operator or by hand, and it is an info. Beside a custom resource, labels that
    all of a release has (`app.kubernetes.io/instance`) bring nobody nearer. Services without a
    selector and ExternalNames are left out, as are namespaces of which not everything is in the
    tree.

    ## Why is this bad?
    The Service has no endpoints: connections to it are refused, and an Ingress answers 503.

    ## Example
    ```yaml
    kind: Service
    spec:
      selector: {app: web}
    ---
    kind: Deployment
    spec:
      template:
        metadata:
          labels: {app: web-stg}
    ```

    ## Use instead
    ```yaml
    kind: Service
    spec:
      selector: {app: web-stg}
    ```
    """

    id = "unselected-service"
    severity = Severity.ERROR
    summary = "A Service selects no pod of its namespace"
    asks_external = ("Pod",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Service that leads nowhere."""
        for service in deployment.wiring.services:
            if not service.selector or service.is_external or service.workloads:
                continue
            if deployment.external.has("Pod", service.place[1], service.name):
                continue
            if service.manifest.hook or not deployment.known.is_known(service.place):
                continue
            operated = makes_pods(service.place, deployment.manifests)
            workloads = deployment.wiring.workloads
            near = nearest(service.manifest, service.selector, workloads, operated=operated)
            yield _defect(service, near)


def _defect(service: Service, near: Workload | None) -> Defect:
    selector = ", ".join(f"{name}={value}" for name, value in service.selector.items())
    where = ManifestPlace(service.manifest, _ROUTE)
    message = f"no pod in namespace {service.place[1]} has the labels {selector}"
    if near is None:
        help_text = declare("Pod", service.place[1], service.name)
        return Defect(where, message, help_text, severity=Severity.INFO)
    differing = [name for name, value in service.selector.items() if near.labels.get(name) != value]
    has = ", ".join(f"{name}={near.labels[name]}" for name in differing if name in near.labels)
    other = f"has {has}" if has else f"has no {', '.join(differing)}"
    labels = (*near.base[:-1], "metadata", "labels")
    return Defect(
        ManifestPlace(service.manifest, (*_ROUTE, differing[0])),
        message,
        f"{near.label} {other}: let both be the same",
        related=((ManifestPlace(near.manifest, labels), f"the pods of {near.label}"),),
    )
