"""The environment of one container, as the kubelet puts it together.

From `makeEnvironmentVariables` of `kubelet_pods.go`: `envFrom` first, then `env` in order, of which
a later entry wins; a value that is optional and not there leaves out its entry. The addresses of
Services, which the kubelet adds, are none of a process on one machine and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.secrets.synced.containers import entries_of, require_start
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.secrets.synced.operator import Operator


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of a container. A value into which a secret went is in `secret`.

    Bytes that are no UTF-8 are in a text as `surrogateescape` has them, and so is `os.environ`.
    """

    plain: dict[str, str] = field(default_factory=dict)
    secret: dict[str, Secret] = field(default_factory=dict)


def environment_of(
    deployment: Deployment, workload: Manifest, container: str, operator: Operator
) -> Environment:
    """Every variable that `container` of `workload` starts with. Each path is read once.

    Raises:
        PodStartError: the pod would not start; `details` say why, one for each cause.
        OpenBaoError: OpenBao is away, or refuses to be read.
    """
    entries = entries_of(deployment, workload, container, operator)
    found = entries.everything()
    require_start(deployment, workload, container, entries.complaints)
    plain = {name: value for name, value in found.items() if isinstance(value, str)}
    secret = {name: value for name, value in found.items() if isinstance(value, Secret)}
    return Environment(plain, secret)
