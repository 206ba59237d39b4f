"""A container of a workload, ready to be asked for its variables, and why it would not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.errors import PodStartError
from plate_llm_cli.graph.secret_fields import mappings, text
from plate_llm_cli.graph.secret_uses import place_of, pods_of
from plate_llm_cli.secrets.synced.entries import Entries
from plate_llm_cli.secrets.synced.made import Namespace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.secrets.synced.entries import Complaint
    from plate_llm_cli.secrets.synced.operator import Operator


def containers_of(workload: Manifest) -> tuple[str, ...]:
    """The names of a workload's containers, init containers last."""
    return tuple(text(container.get("name")) for _, container in _containers(workload))


def entries_of(
    deployment: Deployment, workload: Manifest, container: str, operator: Operator
) -> Entries:
    """The variables of a container; nothing is read yet.

    Raises:
        PodStartError: the workload has no container of that name.
    """
    namespace = Namespace(deployment, place_of(workload), operator)
    for pod, item in _containers(workload):
        if item.get("name") == container:
            return Entries(workload, pod, item, namespace, deployment.kube_version)
    known = ", ".join(containers_of(workload)) or "none"
    raise PodStartError(f"{label(workload)} has no container {container}", f"it has: {known}")


def require_start(
    deployment: Deployment, workload: Manifest, container: str, complaints: list[Complaint]
) -> None:
    """Raises PodStartError with all `complaints`; nothing where there are none."""
    if not complaints:
        return
    causes: dict[str, list[str]] = {}
    for item in complaints:
        causes.setdefault(item.message, []).append(item.variable)
    raise PodStartError(
        f"container {container} of {label(workload)} would not start",
        _hint(deployment, workload, complaints),
        [f"{', '.join(dict.fromkeys(names))}: {cause}" for cause, names in causes.items()],
    )


def label(workload: Manifest) -> str:
    """The workload, as it is called in the cluster."""
    return f"{workload.kind} {workload.namespace}/{workload.name}"


def _containers(workload: Manifest) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each container behind its pod."""
    for _, pod in pods_of(workload):
        for group in ("containers", "initContainers"):
            for _, item in mappings(pod.get(group)):
                yield pod, item


def _hint(deployment: Deployment, workload: Manifest, complaints: list[Complaint]) -> str:
    hints = dict.fromkeys(item.hint for item in complaints if item.hint)
    if any(item.absent for item in complaints):
        env = workload.release.name
        if deployment.primary:
            env = env.removeprefix(f"{deployment.primary}-")
        plan, seed = f"plate-llm secrets plan {env}", f"plate-llm secrets seed {env}"
        hints[f"{plan} says what OpenBao lacks, {seed} fills it in"] = None
    return "; ".join(hints)
