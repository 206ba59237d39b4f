"""Validates a tree with changes that are not written yet."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from plate_llm_cli import checking
from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold
    from plate_llm_cli.report.base import Report


def planned_report(made: Scaffold, root: Path | None, engine: str) -> Report:
    """What `validate` has against the new environment, and against every file that changes."""
    report = _tree_report(root, engine, made.changes.planned)
    names = set(made.applications.values())
    paths = set(made.changes.planned)
    kept = [item for item in report.findings if _concerns(item, names, paths)]
    return replace(report, findings=tuple(kept), environments=tuple(sorted(names)))


def bring_into_line(made: Scaffold, root: Path | None, engine: str) -> None:
    """Let the planned Applications say what `argocd generate` has them say."""
    from plate_llm_cli.gitops.generation.application import application_text  # noqa: PLC0415
    from plate_llm_cli.gitops.generation.conventions import conventions_from  # noqa: PLC0415
    from plate_llm_cli.graph.argocd_facts import application_facts  # noqa: PLC0415 - pydantic

    with Workspace(root, engine, made.changes.planned) as workspace:
        conventions = conventions_from(workspace.settings.argocd)
        for release, facts in application_facts(deployed(workspace)).items():
            path = release.application.file.path
            if release.name in made.applications.values():
                text = made.changes.text(path) or ""
                made.changes.put(path, application_text(facts, text, conventions))


def _tree_report(root: Path | None, engine: str, planned: Mapping[str, str | None]) -> Report:
    """What `validate` has against the tree as it would be."""
    with Workspace(root, engine, planned) as workspace:
        settings = workspace.settings
        choose = partial(checking.choose_rules, settings.select, settings.ignore)
        render_options = replace(
            workspace.render_options(),
            lint=True,
            provenance=True,
            nested=True,
            schema_folders=workspace.schema_folders(None),
        )
        return checking.check(workspace, workspace.releases, choose, render_options)


def _concerns(finding: Finding, names: Collection[str], paths: Collection[str]) -> bool:
    return finding.location.path in paths or any(name in names for name in finding.environments)
