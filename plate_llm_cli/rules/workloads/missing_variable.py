"""A variable that the service cannot do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.variables import brought, variables_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import slip_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.env_contracts import EnvContract
    from plate_llm_cli.graph.workloads import Container


class MissingVariable(Rule):
    """A service does not get a variable that its env contract requires.

    ## What it does
    Where a chart names an env contract (annotation `plate-llm.cocdev.co.kr/env-contract`), looks
    for each required variable in `env` and in what `envFrom` brings. An empty text counts as
    missing. Nothing is said where `envFrom` may bring it.

    ## Why is this bad?
    The service ends as soon as it starts, and the pod goes into CrashLoopBackOff.

    ## Example
    ```yaml
    # the contract requires LLM_MODEL_NAME
    env:
      - {name: LLM_MODEL, value: "openai:gpt-5"}
    ```

    ## Use instead
    ```yaml
    env:
      - {name: LLM_MODEL_NAME, value: "openai:gpt-5"}
    ```
    """

    id = "missing-variable"
    severity = Severity.ERROR
    summary = "A service does not get a variable that its env contract requires"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every required variable that is not given."""
        for container, contract in deployment.env_contracts.containers:
            from_elsewhere = brought(deployment, container)
            for name, variable in contract.variables.items():
                if variable.required and from_elsewhere is not None and name not in from_elsewhere:
                    yield from _missing(container, contract, name)


def _missing(container: Container, contract: EnvContract, name: str) -> Iterator[Defect]:
    variables = variables_of(container)
    manifest = container.workload.manifest
    given = [item for item in variables if item.name == name]
    if given:
        if given[-1].value == "":
            where = ManifestPlace(manifest, (*given[-1].route, "value"))
            yield Defect(where, f"{name} is empty", f"{contract.path} requires it")
        return
    unknown = {item.name: item for item in variables if item.name not in contract.variables}
    near = slip_of(name, unknown)
    place = (
        ManifestPlace(manifest, (*unknown[near].route, "name"))
        if near
        else ManifestPlace(manifest, (*container.base, "env"), absent=True)
    )
    yield Defect(
        place,
        f"container {container.name} gets no {name}, which {contract.path} requires",
        f"{near} is not read: did you mean {name}?" if near else f"give it {name}",
    )
