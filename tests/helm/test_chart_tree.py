"""Links that leave the root, endless ones and sheer size are found before Helm reads a chart."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm import chart_tree
from plate_llm_cli.helm.chart_tree import TreeProblem, check_tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with a chart in it, and a file beside the root."""
    for path in ("root/chart/templates/a.yaml", "root/shared/a.yaml", "outside/secret"):
        target = tmp_path / path
        target.parent.mkdir(parents=True)
        target.write_text("x", "utf-8")
    return tmp_path / "root"


def problems(root: Path) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in check_tree(root, root / "chart")]


def test_a_plain_chart_has_no_problems(root: Path) -> None:
    assert problems(root) == []


def test_links_inside_the_root_are_fine(root: Path) -> None:
    (root / "chart/file.yaml").symlink_to(root / "shared/a.yaml")
    (root / "chart/folder").symlink_to("../shared")
    assert problems(root) == []


@pytest.mark.parametrize("target", ["outside/secret", "outside"])
def test_a_link_that_leaves_the_root_is_named(root: Path, target: str) -> None:
    (root / "chart/templates/link").symlink_to(root.parent / target)
    assert problems(root) == [("chart/templates/link", "is a symbolic link that leaves the root")]


def test_a_link_that_leaves_the_root_behind_another_is_named(root: Path) -> None:
    (root / "shared/away").symlink_to(root.parent / "outside")
    (root / "chart/folder").symlink_to("../shared")
    assert problems(root) == [("chart/folder/away", "is a symbolic link that leaves the root")]


@pytest.mark.parametrize("target", [".", "..", "../..", "../templates"])
def test_a_link_to_a_folder_above_itself_is_named(root: Path, target: str) -> None:
    (root / "chart/templates/up").symlink_to(target)
    expected = "leaves the root" if target == "../../.." else "to a folder that holds it"
    assert problems(root) == [("chart/templates/up", f"is a symbolic link {expected}")]


def test_a_circle_of_links_leads_nowhere(root: Path) -> None:
    (root / "chart/a").symlink_to("b")
    (root / "chart/b").symlink_to("a")
    assert [message for _, message in problems(root)] == [
        "is a symbolic link that leads nowhere"
    ] * 2


def test_a_link_to_nothing_leads_nowhere(root: Path) -> None:
    (root / "chart/a").symlink_to("none")
    assert problems(root) == [("chart/a", "is a symbolic link that leads nowhere")]


def test_a_pipe_is_no_regular_file(root: Path) -> None:
    os.mkfifo(root / "chart/pipe")
    assert problems(root) == [("chart/pipe", "is no regular file")]


def test_a_chart_that_is_itself_a_link_out_of_the_root_is_refused(root: Path) -> None:
    (root / "linked").symlink_to(root.parent / "outside")
    assert check_tree(root, root / "linked") == [TreeProblem("linked", "lies outside the root")]


def test_what_helm_leaves_out_does_not_matter(root: Path) -> None:
    (root / "chart/.helmignore").write_text("node_modules/\n", "utf-8")
    (root / "chart/node_modules").mkdir()
    (root / "chart/node_modules/link").symlink_to(root.parent / "outside")
    assert problems(root) == []


def test_too_many_files_are_too_many(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_tree, "MAX_FILES", 3)
    for number in range(5):
        (root / f"chart/{number}").write_text("", "utf-8")
    assert problems(root) == [("chart", "has more than 3 files")]


def test_too_large_is_too_large(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_tree, "MAX_BYTES", 1024 * 1024)
    (root / "chart/big").write_bytes(b"x" * (1024 * 1024 + 1))
    assert problems(root) == [("chart", "is larger than 1 MiB")]


def test_too_deep_is_too_deep(root: Path) -> None:
    deep = root / "chart" / "/".join("d" * 1 for _ in range(60))
    deep.mkdir(parents=True)
    assert [message for _, message in problems(root)] == ["lies more than 50 folders deep"]
