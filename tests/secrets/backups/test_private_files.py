"""Where values may be written, and with which rights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OutputError
from plate_llm_cli.secrets.backups.private_files import private_destination

if TYPE_CHECKING:
    from collections.abc import Callable


def make_folder(git: Path) -> None:
    git.mkdir()


def make_file(git: Path) -> None:
    git.write_text("gitdir: /elsewhere\n")


def make_dangling_link(git: Path) -> None:
    git.symlink_to("/nowhere")


@pytest.mark.parametrize("make", [make_folder, make_file, make_dangling_link])
@pytest.mark.parametrize("output", ["x.age", "deep/er/x.age", "deep/../x.age", "deep/new/x.age"])
def test_work_tree_is_refused_at_any_depth(
    make: Callable[[Path], None], output: str, tmp_path: Path
) -> None:
    repository = tmp_path / "repository"
    (repository / "deep" / "er").mkdir(parents=True)
    make(repository / ".git")
    with pytest.raises(OutputError) as caught:
        private_destination(repository / output)
    message = f"{repository / output} lies in the Git work tree {repository}"
    assert caught.value.message == message


def test_work_tree_is_refused_behind_links(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "folder").symlink_to("repository")
    (tmp_path / "file").symlink_to("repository/x.age")
    (tmp_path / "twice").symlink_to("file")
    for output in ("folder/x.age", "file", "twice", "folder/.git/x.age"):
        with pytest.raises(OutputError, match="lies in the Git work tree"):
            private_destination(tmp_path / output)


def test_link_that_leads_out_of_a_work_tree_is_followed(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "out").symlink_to(tmp_path)
    target = private_destination(tmp_path / "repository" / "out" / "x.age")
    assert target == tmp_path / "x.age"


def test_relative_name_is_one_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    with pytest.raises(OutputError, match=r"^x\.age lies in the Git work tree"):
        private_destination(Path("x.age"))


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("folder", "folder is a folder"),
        ("pipe", "pipe is no regular file"),
        ("missing/x", "missing/x cannot be written: there is no folder missing"),
    ],
)
def test_place_that_is_none(output: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError) as caught:
        private_destination(tmp_path / output)
    assert caught.value.message.replace(f"{tmp_path}/", "") == message


def test_device_is_not_replaced_by_a_file() -> None:
    with pytest.raises(OutputError, match=r"^/dev/null is no regular file$"):
        private_destination(Path("/dev/null"))


def test_stdout_that_is_a_pipe_is_no_file() -> None:
    reading, writing = os.pipe()
    try:
        with pytest.raises(OutputError, match=r"is no regular file$"):
            private_destination(Path(f"/proc/self/fd/{writing}"))
    finally:
        os.close(reading)
        os.close(writing)


def test_stdout_that_is_a_file_in_a_work_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with (tmp_path / "x").open("wb") as file, pytest.raises(OutputError, match="Git work tree"):
        private_destination(Path(f"/proc/self/fd/{file.fileno()}"))
