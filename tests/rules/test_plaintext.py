"""No report shows a credential that it found."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.checking import check
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.report.registry import REPORTERS
from plate_llm_cli.rules.registry import RULES

if TYPE_CHECKING:
    from plate_llm_cli.report.base import Report

TREE = Path(__file__).parents[1] / "trees" / "bad-plaintext"
SECRETS = (
    "Kestrel-41",
    "ruled-Quince",
    "Wren-5-harbour",
    "Tern3-ashore",
    "cm9ib3Q6ejg0LVdpbnRlcg",
    "z84-Winter",
    "Godwit-9-sand",
    "Curlew-4-mud",
    "Whimbrel-2-reed",
    "Whimbrel-3-reed",
    "supersecretjwt",
)


@pytest.fixture
def report() -> Report:
    with Workspace(TREE) as workspace:
        options = RenderOptions(kube_version="1.37.0", provenance=True, nested=True)
        return check(workspace, workspace.environments(()), lambda: RULES, options)


def values_of_tree() -> list[str]:
    """The values that are secret, and the base64 of each."""
    prod = (TREE / "charts" / "api" / "values-prod.yaml").read_text("utf-8").splitlines()
    keys = (TREE / "keys" / "keys.yaml").read_text("utf-8").splitlines()
    tokens = [line.split(": ")[1] for line in prod[:2]]
    tokens += [line.strip() for line in keys if len(line.strip()) == 64]
    plain = [*SECRETS, *tokens]
    return [*plain, *(base64.b64encode(text.encode()).decode().rstrip("=")[:-1] for text in plain)]


@pytest.mark.parametrize("name", REPORTERS)
def test_no_format_shows_a_credential(report: Report, name: str) -> None:
    stream = io.StringIO()
    REPORTERS[name].write(report, stream)
    assert "plaintext-credential" in stream.getvalue()
    assert [value for value in values_of_tree() if value in stream.getvalue()] == []


def test_another_rule_does_not_show_the_line_of_a_credential(tmp_path: Path) -> None:
    shutil.copytree(TREE, tmp_path, dirs_exist_ok=True)
    values = tmp_path / "charts" / "api" / "values-prod.yaml"
    values.write_text(values.read_text("utf-8") + "adminPasswrd: 2\nprobePassword: Plover-77\n")
    with Workspace(tmp_path) as workspace:
        options = RenderOptions(kube_version="1.37.0", provenance=True, nested=True)
        found = check(workspace, workspace.environments(()), lambda: RULES, options)
    stream = io.StringIO()
    REPORTERS["text"].write(found, stream)
    assert "probePassword" in stream.getvalue()
    assert "Plover" not in stream.getvalue()
