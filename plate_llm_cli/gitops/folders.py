"""Finds the folder that a path with a slip in it was meant to name."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.source.tree import Tree

_ALIKE = 0.6
"""How alike two names are, from 0 to 1, of which one may be the other with a slip in it."""


def nearest_folder(tree: Tree, path: str) -> str:
    """The folder with YAML files that differs from `path` in one name, and there little; or ''."""
    wanted = path.strip("/").split("/")
    near = [
        (alike, folder)
        for folder in sorted({file.rpartition("/")[0] for file in tree.walk()})
        if (alike := _likeness(wanted, folder.split("/"))) >= _ALIKE
    ]
    return max(near, key=lambda pair: pair[0])[1] if near else ""


def _likeness(wanted: list[str], found: list[str]) -> float:
    if len(wanted) != len(found):
        return 0.0
    different = [pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1]]
    return SequenceMatcher(None, *different[0]).ratio() if len(different) == 1 else 0.0
