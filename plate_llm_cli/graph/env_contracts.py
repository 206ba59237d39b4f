"""The env contract that a chart names: which variables its service reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.environments import CONTRACT_ANNOTATION
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.workloads import Container, Workload
    from plate_llm_cli.source.tree import Tree

_TEMPLATES: Final = "/templates/"


@dataclass(frozen=True, slots=True)
class ContractVariable:
    """A variable that the service reads; `default` is None where there is none."""

    name: str
    description: str
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class EnvContract:
    """What a service says of its variables, in the file at `path`."""

    path: str
    variables: dict[str, ContractVariable]


def read_contract(tree: Tree, folder: str) -> EnvContract | None:
    """The contract that the chart in `folder` names; None without one that can be read."""
    chart = tree.read(f"{folder}/Chart.yaml" if folder else "Chart.yaml")
    path = text_of(find(chart.root, ("annotations", CONTRACT_ANNOTATION)))
    try:
        contract = json.loads(tree.text(path)) if path else None
    except (ValueError, RecursionError):
        return None
    listed = contract.get("variables") if isinstance(contract, dict) else None
    if not isinstance(listed, list):
        return None
    found = (_variable(item) for item in listed)
    return EnvContract(path, {item.name: item for item in found if item is not None})


def _variable(item: Any) -> ContractVariable | None:
    name = item.get("name") if isinstance(item, dict) else None
    if not isinstance(name, str):
        return None
    description = item.get("description")
    return ContractVariable(
        name,
        description if isinstance(description, str) else "",
        item.get("required") is True,
        item.get("default"),
    )


class EnvContracts:
    """The containers whose variables a contract describes."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._read: dict[str, EnvContract | None] = {}

    @cached_property
    def containers(self) -> list[tuple[Container, EnvContract]]:
        """The container of each lasting workload that runs a service, and its contract."""
        return list(self._containers())

    def _containers(self) -> Iterator[tuple[Container, EnvContract]]:
        for workload in self._deployment.wiring.workloads:
            contract = self._of(workload.manifest)
            if contract is None or workload.manifest.hook or workload.is_brief:
                continue
            container = _service(workload)
            if container is not None:
                yield container, contract

    def _of(self, manifest: Manifest) -> EnvContract | None:
        if manifest.chart is None or not manifest.chart.part.complete:
            return None
        path = manifest.chart.template_path(manifest.template)
        folder = path.rpartition(_TEMPLATES)[0] or manifest.chart.part.chart
        if folder not in self._read:
            self._read[folder] = read_contract(self._deployment.tree, folder)
        return self._read[folder]


def _service(workload: Workload) -> Container | None:
    """The container that is named as the chart, else the first."""
    chart = workload.manifest.chart
    name = chart.part.chart_name if chart else ""
    main = [item for item in workload.containers if item.group == "containers"]
    return next((item for item in main if item.name == name), next(iter(main), None))
