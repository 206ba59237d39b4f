"""Whole trees to make environments in and to take them out of again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from tests.cli.conftest import Tree

ROOT = Path(__file__).parents[2]
TREES = ROOT / "tests" / "trees"
SETTINGS = 'repo-url = "https://github.com/cocdev/plate-infra.git"\n'


@pytest.fixture
def ours(tree: Tree) -> Tree:
    """This repository's own charts and environments, in place of the small tree."""
    shutil.rmtree(tree.root / "charts")
    shutil.rmtree(tree.root / "apps")
    for folder in ("charts", "environments"):
        shutil.copytree(ROOT / folder, tree.root / folder)
    tree.write("service/env-contract.json", (ROOT / "service/env-contract.json").read_bytes())
    tree.write("plate-llm.toml", SETTINGS)
    return tree


def take(tree: Tree, name: str) -> Tree:
    """One of the good trees in place of the small one."""
    shutil.rmtree(tree.root / "charts")
    shutil.rmtree(tree.root / "apps")
    shutil.copytree(TREES / name, tree.root, dirs_exist_ok=True)
    tree.remove("findings.txt")
    return tree


def contents(tree: Tree) -> dict[str, bytes]:
    """Every file with its bytes."""
    paths = (path for path in tree.root.rglob("*") if path.is_file())
    return {path.relative_to(tree.root).as_posix(): path.read_bytes() for path in paths}


def data(tree: Tree, path: str) -> object:
    """What a YAML file holds."""
    return to_plain(parse_text((tree.root / path).read_text("utf-8"), path).root)


def text(tree: Tree, path: str) -> str:
    """A file as it stands."""
    return (tree.root / path).read_text("utf-8")
