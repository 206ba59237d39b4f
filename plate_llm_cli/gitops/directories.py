"""Which files of a folder ArgoCD applies as they are: its directory sources.

Source of the rules: https://argo-cd.readthedocs.io/en/stable/user-guide/directory/ and, for what is
passed over in silence, `findManifests` of ArgoCD's repo server.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.braces import alternatives
from plate_llm_cli.source.nodes import Mapping, find
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Node
    from plate_llm_cli.source.tree import Tree

_SUFFIXES = (".yaml", ".yml", ".json")
_COMMA = re.compile(r" *, *")
_SKIPPED = "+argocd:skip-file-rendering"
_LOOKS_LIKE_ONE = ("apiVersion:", "kind:", "metadata:")


def says_directory(directory: Node | None) -> bool:
    """True when a source says outright that it is a folder: a block of zeros says nothing."""
    fields = ("include", "exclude")
    if any(text_of(find(directory, (name,))) for name in fields):
        return True
    jsonnet = find(directory, ("jsonnet",))
    return text_of(find(directory, ("recurse",))) == "true" or (
        isinstance(jsonnet, Mapping) and bool(jsonnet.entries)
    )


def manifest_files(tree: Tree, path: str, directory: Node | None) -> list[str]:
    """The files below `path` that hold manifests, for the source's `directory` block."""
    files = tree.walk(path, _SUFFIXES)
    depth = path.count("/") + 1 if path else 0
    recurse = text_of(find(directory, ("recurse",))) == "true"
    include = _patterns(directory, "include")
    exclude = _patterns(directory, "exclude")
    return [
        name
        for name in files
        if (recurse or name.count("/") == depth)
        and _kept(name[len(path) :].lstrip("/"), include, exclude)
        and _applied(tree.text(name), name)
    ]


def _kept(name: str, include: list[str], exclude: list[str]) -> bool:
    if any(fnmatchcase(name, pattern) for pattern in exclude):
        return False
    return not include or any(fnmatchcase(name, pattern) for pattern in include)


def _patterns(directory: Node | None, field: str) -> list[str]:
    text = text_of(find(directory, (field,)))
    return alternatives(_COMMA.sub(",", text)) if text else []


def _applied(text: str, name: str) -> bool:
    """False for what ArgoCD passes over: marked files, and YAML that is plainly something else."""
    if _SKIPPED in text:
        return False
    if not text or all(mark in text for mark in _LOOKS_LIKE_ONE):
        return True
    if "kind" not in text:
        return False
    documents = parse_text(text, name).documents
    return any(_is_object(document.root) for document in documents)


def _is_object(root: Node | None) -> bool:
    return isinstance(root, Mapping) and bool(text_of(root.get("kind")))
