"""One variable of a container, without reading what the others need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.errors import PodStartError
from plate_llm_cli.secrets.synced.containers import entries_of, label, require_start

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.secrets.synced.operator import Operator
    from plate_llm_cli.secrets.values.secret import Secret


def value_of(
    deployment: Deployment, workload: Manifest, container: str, variable: str, operator: Operator
) -> Secret | str:
    """What `variable` is in `container` of `workload`; a Secret where a secret went into it.

    Raises:
        PodStartError: the pod would not start for want of it, or has no such variable.
        OpenBaoError: OpenBao is away, or refuses to be read.
    """
    entries = entries_of(deployment, workload, container, operator)
    found = entries.value(variable)
    require_start(deployment, workload, container, entries.complaints)
    if found is None:
        raise PodStartError(f"container {container} of {label(workload)} has no {variable}")
    return found
