"""The API versions that the CustomResourceDefinitions of a tree bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.source.nodes import Mapping, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import SourceFile


def crd_api_versions(file: SourceFile) -> Iterator[str]:
    """`group/version` and `group/version/Kind` of every served version: what Helm can be asked."""
    for document in file.documents:
        root = document.root
        if not isinstance(root, Mapping) or text_of(root.get("kind")) != "CustomResourceDefinition":
            continue
        group = text_of(find(root, ("spec", "group")))
        kind = text_of(find(root, ("spec", "names", "kind")))
        for version in items_of(find(root, ("spec", "versions"))):
            name = text_of(find(version, ("name",)))
            if name and text_of(find(version, ("served",))) != "false":
                yield f"{group}/{name}"
                yield f"{group}/{name}/{kind}"
