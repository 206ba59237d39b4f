from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.gitops.applications import read_application
from plate_llm_cli.gitops.repository import Home, normalise_url, remote_url
from plate_llm_cli.source.nodes import Mapping
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.gitops.applications import ApplicationSource


def source(repo_url: str, path: str) -> ApplicationSource:
    text = f"spec: {{source: {{repoURL: '{repo_url}', path: '{path}'}}}}"
    file = parse_text(text, "app.yaml")
    assert isinstance(file.root, Mapping)
    return read_application(file, file.root).sources[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/team/deploy.git",
        "https://user@git.example.com/team/deploy",
        "https://GIT.example.com/team/deploy/",
        "git@git.example.com:team/deploy.git",
        "ssh://git@git.example.com:22/team/deploy.git",
    ],
)
def test_spellings_of_one_repository_are_equal(url: str) -> None:
    assert normalise_url(url) == "git.example.com/team/deploy"


def test_origin_is_read_from_the_checkout(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = git@h:a/b.git\n')
    assert remote_url(tmp_path) == "git@h:a/b.git"


def test_a_damaged_git_configuration_says_nothing(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"\xff\xfe[[[")
    assert remote_url(tmp_path) == ""


def test_declared_url_decides_alone(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    home = Home(Tree(tmp_path), [], "https://git.example.com/a/b")
    assert home.holds(source("git@git.example.com:a/b.git", "charts"))
    assert not home.holds(source("https://git.example.com/x/y", "charts"))


def test_without_a_url_a_path_that_is_there_counts(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    other = source("https://fork.example.com/x/y", "charts")
    assert Home(Tree(tmp_path), [other]).holds(other)


def test_the_repository_of_most_present_paths_also_holds_missing_ones(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    ours, missing = source("https://h/a/b", "charts"), source("https://h/a/b", "chart")
    elsewhere = source("https://h/c/d", "chart")
    home = Home(Tree(tmp_path), [ours, missing, elsewhere])
    assert home.holds(missing)
    assert not home.holds(elsewhere)


def test_another_repository_with_a_folder_of_a_common_name_is_another(tmp_path: Path) -> None:
    (tmp_path / "charts" / "web").mkdir(parents=True)
    ours, theirs = source("https://h/a/b", "charts/web"), source("https://h/c/d", "charts")
    placeholder = source("https://h/<org>/<repo>", "charts/web")
    home = Home(Tree(tmp_path), [ours, ours, theirs])
    assert not home.holds(theirs)
    assert home.holds(placeholder)


def test_a_fork_is_known_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    ours = source("https://h/a/b", "charts")
    assert Home(Tree(tmp_path), [ours]).holds(source("https://h/fork/b", "charts"))


def test_the_root_is_ours_only_where_it_is_a_chart(tmp_path: Path) -> None:
    root = source("https://h/a/b", ".")
    assert not Home(Tree(tmp_path), [root]).holds(root)
    (tmp_path / "Chart.yaml").touch()
    assert Home(Tree(tmp_path), [root]).holds(root)


def test_value_files_that_are_here_say_whose_repository_it_is(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").touch()
    home = Home(Tree(tmp_path), [], refs=[("https://h/a/b", "values.yaml")])
    assert home.holds(source("https://h/a/b", "missing"))
