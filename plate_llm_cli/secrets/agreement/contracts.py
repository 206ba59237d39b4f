"""What a service says of its environment variables, in the contract that its chart names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.env_contracts import read_contract

if TYPE_CHECKING:
    from plate_llm_cli.graph.env_contracts import EnvContract
    from plate_llm_cli.graph.secret_uses import SecretUse
    from plate_llm_cli.source.tree import Tree


class Contracts:
    """The contracts of the charts of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._read: dict[str, EnvContract | None] = {}

    def description(self, use: SecretUse) -> str:
        """What the contract says of the variable that `use` fills, or ''."""
        chart = use.manifest.chart
        if chart is None:
            return ""
        folder = chart.part.chart
        if folder not in self._read:
            self._read[folder] = read_contract(self._tree, folder)
        contract = self._read[folder]
        variable = contract.variables.get(use.variable) if contract else None
        return variable.description if variable else ""
