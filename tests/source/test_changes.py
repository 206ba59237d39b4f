from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OutputError
from plate_llm_cli.source.changes import Changes, FileChange
from plate_llm_cli.source.planned_tree import PlannedTree
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def changes(tmp_path: Path) -> Changes:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\r\n")
    (tmp_path / "old").mkdir()
    (tmp_path / "old/gone.yaml").write_text("b: 1\n")
    made = Changes(Tree(tmp_path))
    made.put("a.yaml", "a: 2\r\n")
    made.put("new/deep/c.yaml", "c: 1\n")
    made.put("old/gone.yaml", None)
    return made


def files(root: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def test_all_is_written_with_folders_made_and_removed(changes: Changes, tmp_path: Path) -> None:
    changes.write()
    assert files(tmp_path) == {
        "a.yaml": b"a: 2\r\n",
        "new": None,
        "new/deep": None,
        "new/deep/c.yaml": b"c: 1\n",
    }


def test_what_cannot_be_written_takes_everything_back(changes: Changes, tmp_path: Path) -> None:
    (tmp_path / "z").write_text("a file, and no folder")
    changes.put("z/d.yaml", "d: 1\n")
    before = files(tmp_path)
    with pytest.raises(OutputError, match=r"z/d\.yaml cannot be written"):
        changes.write()
    assert files(tmp_path) == before


def test_folders_go_again_where_one_cannot_be_made(changes: Changes, tmp_path: Path) -> None:
    folder = f"z/{'x' * 300}"
    changes.put(f"{folder}/d.yaml", "d: 1\n")
    before = files(tmp_path)
    with pytest.raises(OutputError, match=f"^{folder} cannot be made: File name too long"):
        changes.write()
    assert files(tmp_path) == before


def test_what_has_changed_meanwhile_is_not_overwritten(changes: Changes, tmp_path: Path) -> None:
    (tmp_path / "new/deep").mkdir(parents=True)
    (tmp_path / "new/deep/c.yaml").write_text("mine: 1\n")
    before = files(tmp_path)
    with pytest.raises(OutputError, match=r"c\.yaml has changed meanwhile"):
        changes.write()
    assert files(tmp_path) == before


def test_what_changes_and_how(changes: Changes) -> None:
    changes.text("old/other.yaml")
    assert [(item.path, item.kind) for item in changes.files] == [
        ("a.yaml", "changed"),
        ("new/deep/c.yaml", "new"),
        ("old/gone.yaml", "removed"),
    ]
    assert changes.files[1].diff() == "--- /dev/null\n+++ b/new/deep/c.yaml\n@@ -0,0 +1 @@\n+c: 1\n"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(OutputError, match=r"pipe.yaml cannot be read: it is no regular file"):
        Changes(Tree(tmp_path)).put("pipe.yaml", None)


def test_a_folder_behind_a_link_out_of_the_tree(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "tree/link").symlink_to(tmp_path / "out")
    made = Changes(Tree(tmp_path / "tree"))
    made.put("link/deep/a.yaml", "a: 1\n")
    with pytest.raises(OutputError):
        made.write()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_ends_without_a_line_break(tmp_path: Path) -> None:
    made = Changes(Tree(tmp_path))
    made.put("a.yaml", "a: 1")
    assert made.files[0].diff().endswith("+a: 1\n\\ No newline at end of file\n")


def test_a_planned_tree_is_what_the_written_one_will_be(changes: Changes, tmp_path: Path) -> None:
    planned = PlannedTree(tmp_path, (), changes.planned)
    seen = _look(planned)
    changes.write()
    assert seen == _look(Tree(tmp_path))


def _look(tree: Tree) -> list[object]:
    paths = ("a.yaml", "new/deep/c.yaml", "old/gone.yaml")
    return [
        list(tree.walk()),
        list(tree.walk("new")),
        tree.glob("", "**/*.yaml"),
        tree.glob("", "*/*.yaml"),
        tree.glob("new", "deep/*.yaml"),
        [tree.is_file(path) for path in paths],
        [tree.is_dir(path) for path in ("new", "new/deep", "old", "absent")],
        [tree.text(path) for path in paths],
        [tree.data(path) for path in paths],
        [tree.read(path).root is None for path in paths],
    ]


def test_a_diff_has_the_lines_that_git_has() -> None:
    change = FileChange("a.yaml", "a: 1 \x0c\u2028 # b\nc: 1\n", "a: 2 \x0c\u2028 # b\nc: 1")
    assert change.diff() == (
        "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n"
        "-a: 1 \x0c\u2028 # b\n-c: 1\n"
        "+a: 2 \x0c\u2028 # b\n+c: 1\n\\ No newline at end of file\n"
    )
