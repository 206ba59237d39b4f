from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OutputError
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.yaml"
    target.write_text("old")
    write_atomically(target, "a: 1\r\nb: 한글\n")
    assert target.read_bytes() == "a: 1\r\nb: 한글\n".encode()


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.yaml", "a: 1\n")
    assert os.listdir(tmp_path) == ["a.yaml"]  # noqa: PTH208 - names alone


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "a.yaml"
    target.write_text("old")
    target.chmod(mode)
    write_atomically(target, "new")
    assert target.stat().st_mode & 0o777 == mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "a.yaml").symlink_to("real.yaml")
    write_atomically(tmp_path / "a.yaml", "new", within=tmp_path)
    assert (tmp_path / "a.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == "new"


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "root" / "a.yaml").symlink_to("../real.yaml")
    with pytest.raises(OutputError, match="lies outside"):
        write_atomically(tmp_path / "root" / "a.yaml", "new", within=tmp_path / "root")
    assert (tmp_path / "real.yaml").read_text() == "old"


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written: No such file or directory"):
        write_atomically(tmp_path / "none" / "a.yaml", "new")


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.yaml"
    target.write_text("old")
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomically(target, "\ud800")
    assert (target.read_text(), os.listdir(tmp_path)) == ("old", ["a.yaml"])  # noqa: PTH208


@pytest.mark.parametrize("before", [None, 0o600, 0o644])
def test_a_private_file_is_its_owners_alone_whatever_was_there(
    tmp_path: Path, before: int | None
) -> None:
    target = tmp_path / "x"
    if before is not None:
        target.write_text("old")
        target.chmod(before)
    umask = os.umask(0)
    try:
        write_atomically(target, "text", private=True)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text() == "text"


def test_a_folder_in_the_way_stays(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "kept").write_text("kept")
    with pytest.raises(OutputError, match=r"x cannot be written: Is a directory$"):
        write_atomically(tmp_path / "x", "text")
    assert [item.name for item in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x" / "kept").read_text() == "kept"
