from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_no_file(tmp_path: Path, name: str) -> None:
    tree = Tree(tmp_path)
    assert (tree.is_dir(name), tree.is_file(name), tree.join("", name)) == (False, False, name)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("values-**.yaml", ["values-a.yaml"]), ("**/*.yaml", ["values-a.yaml"]), ("", []), ("/", [])],
)
def test_any_pattern_can_be_looked_for(tmp_path: Path, pattern: str, found: list[str]) -> None:
    (tmp_path / "values-a.yaml").touch()
    assert Tree(tmp_path).glob("", pattern) == found
