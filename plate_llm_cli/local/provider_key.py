"""The key of a real provider, on its way to where the pods get it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.addresses import Place

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.secrets.spec import KeySpec, Spec
    from plate_llm_cli.smoke.deployed import DeployedService


def key_behind(
    variable: str, deployment: Deployment, service: DeployedService, spec: Spec
) -> KeySpec:
    """The key of the spec that the service's `variable` comes from.

    Raises:
        UsageError: its pods have no such variable, or it comes from elsewhere.
    """
    for chain in deployment.secret_chains:
        use = chain.use
        if use.manifest is not service.workload or use.variable != variable:
            continue
        for remote in chain.remote:
            path = spec.at(Place(remote.at.mount, remote.at.path))
            if path is not None and remote.top in path.keys:
                return path.keys[remote.top]
    raise UsageError(
        f"the pods get no {variable} from a key of the secrets spec",
        "choose another --provider, or let the chart's appSecrets.envVars name it",
    )
