"""Every folder of tests/trees is a deployment tree; its findings.txt says what is found in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plate_llm_cli import checking
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.rules.registry import RULES

TREES = Path(__file__).parent / "trees"


def found_in(root: Path) -> str:
    """One line a finding: where, how bad, which rule, in which releases, and what it says."""
    with Workspace(root) as workspace:
        options = RenderOptions(
            kube_version="1.37.0",
            api_versions=workspace.api_versions(None),
            lint=True,
            schema_folders=workspace.schema_folders(None),
        )
        releases = workspace.environments(())
        report = checking.check(workspace, releases, RULES, options)
    lines = []
    for finding in report.findings:
        place = finding.location
        where = f"{place.path}:{place.line}:{place.column}-{place.end_line}:{place.end_column}"
        releases_named = ",".join(finding.environments)
        lines.append(f"{where} {finding.severity} {finding.rule} [{releases_named}]")
        lines.append(f"    {finding.message}")
        lines += [
            f"    see {item.location.path}:{item.location.line}: {item.message}"
            for item in finding.related
        ]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("tree", sorted(path.name for path in TREES.iterdir() if path.is_dir()))
def test_tree_has_exactly_these_findings(tree: str) -> None:
    expected = TREES / tree / "findings.txt"
    found = found_in(TREES / tree)
    if os.environ.get("UPDATE_TREES"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
