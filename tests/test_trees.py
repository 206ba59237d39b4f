"""Every folder of tests/trees is a deployment tree; its findings.txt says what is found in it.

`UPDATE_TREES=1` writes the files anew: read every change before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.findings import Finding

TREES = Path(__file__).parent / "trees"
NAMES = sorted(path.name for path in TREES.iterdir() if path.is_dir())


def in_words(findings: Iterable[Finding]) -> str:
    """A few lines a finding: where, how bad, which rule, in which releases, and what it says."""
    lines = []
    for finding in findings:
        place = finding.location
        where = f"{place.path}:{place.line}:{place.column}-{place.end_line}:{place.end_column}"
        releases = ",".join(finding.environments)
        lines.append(f"{where} {finding.severity} {finding.rule} [{releases}]")
        lines.append(f"    {finding.message}")
        lines += [
            f"    see {item.location.path}:{item.location.line}: {item.message}"
            for item in finding.related
        ]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("tree", NAMES)
def test_tree_has_exactly_these_findings(
    tree: str, check_tree: Callable[..., tuple[Finding, ...]]
) -> None:
    crds = TREES / tree / "crd-schemas"
    expected = TREES / tree / "findings.txt"
    found = in_words(check_tree(TREES / tree, crds if crds.is_dir() else None))
    if os.environ.get("UPDATE_TREES"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


@pytest.mark.parametrize("tree", [name for name in NAMES if name.startswith("good-")])
def test_good_tree_has_no_error_and_no_warning(tree: str) -> None:
    lines = (TREES / tree / "findings.txt").read_text("utf-8").splitlines()
    severities = {line.split(" ")[1] for line in lines if not line.startswith(" ")}
    assert severities <= {"info"}
