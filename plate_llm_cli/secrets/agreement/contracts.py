"""What a service says of its environment variables, in the contract that its chart names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.environments import CONTRACT_ANNOTATION
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from plate_llm_cli.graph.secret_uses import SecretUse
    from plate_llm_cli.source.tree import Tree


class Contracts:
    """The contracts of the charts of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._described: dict[str, dict[str, str]] = {}

    def description(self, use: SecretUse) -> str:
        """What the contract says of the variable that `use` fills, or ''."""
        chart = use.manifest.chart
        if chart is None:
            return ""
        folder = chart.part.chart
        if folder not in self._described:
            self._described[folder] = self._read(folder)
        return self._described[folder].get(use.variable, "")

    def _read(self, folder: str) -> dict[str, str]:
        chart = self._tree.read(f"{folder}/Chart.yaml" if folder else "Chart.yaml")
        path = text_of(find(chart.root, ("annotations", CONTRACT_ANNOTATION)))
        try:
            contract = json.loads(self._tree.text(path)) if path else None
        except (ValueError, RecursionError):
            return {}
        listed = contract.get("variables") if isinstance(contract, dict) else None
        found = (_described(item) for item in listed) if isinstance(listed, list) else ()
        return dict(item for item in found if item is not None)


def _described(item: Any) -> tuple[str, str] | None:
    name = item.get("name") if isinstance(item, dict) else None
    text = item.get("description") if isinstance(item, dict) else None
    return (name, text) if isinstance(name, str) and isinstance(text, str) else None
