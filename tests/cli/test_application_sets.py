"""Applications that an ApplicationSet makes, as the commands take them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call

TREE = Path(__file__).parents[1] / "trees/good-application-sets"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree, in which the person stands."""
    shutil.copytree(TREE, tmp_path / "tree")
    monkeypatch.chdir(tmp_path / "tree")
    return tmp_path / "tree"


@pytest.mark.usefixtures("root")
def test_they_are_listed_and_render(call: Call) -> None:
    listed = call("env", "list")
    assert listed.code == 0
    assert "files-prod-eu" in listed.out
    rendered = call("render", "files-prod-eu")
    assert rendered.code == 0
    assert '  host: "prod.example.com"\n  colour: "eu"\n' in rendered.out


@pytest.mark.usefixtures("root")
def test_one_of_them_is_checked_by_its_name(call: Call) -> None:
    found = call("validate", "list-stg")
    assert found.code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("env", "remove", "list-stg"),
        ("env", "new", "dev", "--from", "list-stg"),
        ("argocd", "apply", "list-stg"),
    ],
)
def test_what_needs_a_file_of_their_own_is_refused(
    root: Path, call: Call, arguments: tuple[str, ...]
) -> None:
    before = (root / "sets/list.yaml").read_text("utf-8")
    found = call(*arguments)
    assert found.code == 2
    assert "list-stg has no file of its own" in found.err
    assert "sets/list.yaml" in found.err
    assert (root / "sets/list.yaml").read_text("utf-8") == before


def test_generate_leaves_their_set_alone(root: Path, call: Call) -> None:
    texts = {path: path.read_text("utf-8") for path in root.rglob("*.yaml")}
    before = {path: text for path, text in texts.items() if "kind: ApplicationSet" in text}
    found = call("argocd", "generate", "--all")
    assert found.code == 0
    assert {path: path.read_text("utf-8") for path in before} == before


def test_a_tree_of_sets_that_are_not_expanded_says_so(call: Call) -> None:
    found = call("env", "list", "-C", str(TREE.parent / "good-only-application-sets"))
    assert found.code == 2
    assert "and none could be expanded" in found.err
    assert "plate-llm validate says of each why" in found.err
