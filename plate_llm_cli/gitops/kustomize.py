"""What Kustomize makes of files: kustomizations are not built here, but told apart.

A patch names the kind and the object that it changes, and so looks like an object itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.source.nodes import Mapping, find
from plate_llm_cli.source.tree import OutsideRootError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.source.nodes import Node
    from plate_llm_cli.source.tree import Tree

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_PATCHES = b"patch"
_FIELDS = ("patches", "patchesStrategicMerge", "patchesJson6902")


def has_kustomization(tree: Tree, folder: str) -> bool:
    """True for a folder that Kustomize builds."""
    return any(tree.is_file(f"{folder}/{name}" if folder else name) for name in NAMES)


def patch_files(tree: Tree, paths: Iterable[str]) -> set[str]:
    """The files that kustomizations among `paths` use as patches."""
    found: set[str] = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name in NAMES and _PATCHES in tree.data(path):
            found.update(_patches(tree, folder, path))
    return found


def _patches(tree: Tree, folder: str, path: str) -> Iterator[str]:
    root = tree.read(path).root
    for field in _FIELDS:
        for item in items_of(find(root, (field,))):
            named = _patch_path(item)
            if not named or "\n" in named:
                continue
            try:
                yield tree.join(folder, named)
            except OutsideRootError:
                continue


def _patch_path(item: Node) -> str:
    """`patches` and `patchesJson6902` have a `path`; `patchesStrategicMerge` lists paths."""
    return text_of(item.get("path") if isinstance(item, Mapping) else item)
