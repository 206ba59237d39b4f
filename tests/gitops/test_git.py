"""What Git is asked for: nothing that a tree or a name brings with it is run or written."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.git import commit_of, git
from plate_llm_cli.gitops.revisions import exported

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@example.com")


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *AUTHOR, *arguments], check=True, capture_output=True)  # noqa: S603, S607 - our own words


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit."""
    root = tmp_path / "checkout"
    root.mkdir()
    run(root, "init", "-b", "main")
    run(root, "commit", "--allow-empty", "-m", "first")
    return root


def test_a_repository_among_the_files_of_a_tree_is_none(checkout: Path, tmp_path: Path) -> None:
    """Git takes a folder with HEAD, objects and refs for one, and runs what its config names."""
    inner, trap = checkout / "charts", tmp_path / "trap"
    run(checkout, "init", "--bare", "charts")
    (inner / ".gitattributes").write_text("* filter=trap\n")
    (inner / "values.yaml").write_text("a: 1\n")
    for setting in (("core.bare", "false"), ("core.worktree", ".")):
        run(inner, "config", "--file", "config", *setting)
    run(inner, "--git-dir=.", "add", "-f", ".gitattributes", "values.yaml")
    run(inner, "--git-dir=.", "commit", "-m", "trap")
    for name in ("smudge", "clean"):
        run(inner, "config", "--file", "config", f"filter.trap.{name}", f"touch {trap}; cat")
    with (
        pytest.raises(UsageError, match="is no checkout of a Git repository"),
        exported(inner, "HEAD"),
    ):
        pass
    git(inner, "status", "--porcelain=v2")
    assert not trap.exists()


@pytest.mark.parametrize(
    "name", ["--output=trap", "-h", "--exec=touch trap", "@{-1}", "a..b", "", ":/", "HEAD:x"]
)
def test_a_name_that_is_no_revision(checkout: Path, name: str) -> None:
    with pytest.raises(UsageError, match="Git here does not know the revision"):
        commit_of(checkout, name)
    assert not (checkout / "trap").exists()
