"""Validates a tree with changes that are not written yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli import checking
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.rules.selection import select

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold
    from plate_llm_cli.report.base import Report
    from plate_llm_cli.rules.base import Rule


def planned_report(made: Scaffold, root: Path | None, engine: str) -> Report:
    """What `validate` has against the new environment, and against every file that changes."""
    report = tree_report(root, engine, made.changes.planned)
    names = set(made.applications.values())
    paths = set(made.changes.planned)
    kept = [item for item in report.findings if _concerns(item, names, paths)]
    return replace(report, findings=tuple(kept), environments=tuple(sorted(names)))


def tree_report(root: Path | None, engine: str, planned: Mapping[str, str | None]) -> Report:
    """What `validate` has against the tree as it would be."""
    with Workspace(root, engine, planned) as workspace:
        settings = workspace.settings

        def choose() -> Sequence[Rule]:
            from plate_llm_cli.rules.registry import RULES  # noqa: PLC0415 - see checking.py

            return select(RULES, settings.select, settings.ignore)

        render_options = RenderOptions(
            kube_version=workspace.kubernetes_version(""),
            api_versions=workspace.api_versions(None),
            lint=True,
            provenance=True,
            nested=True,
            schema_folders=workspace.schema_folders(None),
        )
        return checking.check(workspace, workspace.releases, choose, render_options)


def _concerns(finding: Finding, names: Collection[str], paths: Collection[str]) -> bool:
    return finding.location.path in paths or any(name in names for name in finding.environments)
