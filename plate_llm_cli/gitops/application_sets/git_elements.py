"""The git generator: an element for each folder, or for each object of each file.

Source: argo-cd `applicationset/generators/git.go`, 3.x.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.application_sets.elements import (
    Element,
    InvalidSetError,
    NotExpandedError,
    flattened,
    head_of,
    normalized,
)
from plate_llm_cli.gitops.application_sets.sources import patterns_of
from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.source.nodes import Mapping, Sequence
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.gitops.application_sets.sources import GitFiles
    from plate_llm_cli.source.nodes import Node, Scalar, SourceFile


class GitElements:
    """One git generator of the ApplicationSet in `file`, which looks at this tree.

    `report` takes what is left out, where the others are sure all the same.
    """

    def __init__(
        self,
        file: SourceFile,
        generator: Mapping,
        git: GitFiles,
        report: Callable[[NotExpandedError], None],
        *,
        go: bool,
    ) -> None:
        self._file = file
        self._git = git
        self._report = report
        self._go = go
        self._folders = patterns_of(generator, "directories")
        self._files = patterns_of(generator, "files")
        self._generator = generator
        self._prefix = text_of(generator.get("pathParamPrefix"))

    def elements(self) -> list[Element]:
        """Folders where the generator has `directories`, else files.

        Raises:
            InvalidSetError: it has neither, or a file that holds no objects.
        """
        if self._folders:
            return list(self._of_folders())
        if self._files:
            return [element for path in self._paths() for element in self._of_file(path)]
        raise InvalidSetError(
            "the git generator has neither directories nor files", self._generator
        )

    def _of_folders(self) -> Iterator[Element]:
        matched: dict[str, Scalar] = {}
        for pattern, excluded in self._folders:
            for path in self._git.matching_folders(text_of(pattern)):
                if not excluded:
                    matched.setdefault(path, pattern)
        for pattern, excluded in self._folders:
            for path in self._git.matching_folders(text_of(pattern)) if excluded else ():
                matched.pop(path, None)
        for path in self._git.folders:
            if path in matched:
                origin = (self._file, matched[path].span, f"made for folder {path}")
                yield Element(self._with_path({}, path, ""), (origin,))

    def _paths(self) -> list[str]:
        """Files that are matched in both of ArgoCD's ways, and excluded in none."""
        paths: set[str] = set()
        excluded: set[str] = set()
        unsure: list[tuple[Scalar, list[str]]] = []
        for pattern, excludes in self._files:
            both, either = self._git.matching_files(text_of(pattern))
            if excludes:
                excluded.update(both, either)
            else:
                paths.update(both)
                unsure.append((pattern, either))
        for pattern, either in unsure:
            if left := sorted({*either} - paths - excluded):
                self._report(_ambiguous(pattern, left))
        return sorted(paths - excluded)

    def _of_file(self, path: str) -> Iterator[Element]:
        file = self._git.tree.read(path)
        root = file.root
        if file.broken:
            reason = f"{path} cannot be read, and gives no parameters"
            raise InvalidSetError(reason, self._pattern_of(path))
        items: list[Node] = root.items if isinstance(root, Sequence) else [root] if root else []
        if not all(isinstance(item, Mapping) for item in items):
            hint = "write `key: value` lines, or a list of such objects"
            reason = f"{path} holds no objects to take parameters from"
            raise InvalidSetError(reason, self._pattern_of(path), hint)
        for item in items:
            values = to_plain(item)
            given = values if isinstance(values, dict) else {}
            origin = (file, head_of(item), "made from this file")
            parameters = self._with_path(given, posixpath.dirname(path) or ".", path)
            yield Element(parameters, (origin,), ((file, item),))

    def _pattern_of(self, path: str) -> Node:
        for pattern, excluded in self._files:
            if not excluded and path in self._git.matching_files(text_of(pattern))[0]:
                return pattern
        return self._generator

    def _with_path(self, values: dict[str, Any], folder: str, file: str) -> dict[str, Any]:
        base = posixpath.basename(folder)
        own = {"basename": base, "basenameNormalized": normalized(base)}
        if file:
            name = posixpath.basename(file)
            own |= {"filename": name, "filenameNormalized": normalized(name)}
        segments = folder.split("/")
        if self._go:
            path = {"path": folder, **own, "segments": segments}
            return values | ({self._prefix: {"path": path}} if self._prefix else {"path": path})
        prefix = f"{self._prefix}.path" if self._prefix else "path"
        flat: dict[str, Any] = {**flattened(values), prefix: folder}
        flat |= {f"{prefix}.{name}": text for name, text in own.items()}
        return flat | {f"{prefix}[{index}]": step for index, step in enumerate(segments) if step}


def _ambiguous(pattern: Scalar, paths: list[str]) -> NotExpandedError:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    reason = (
        f"{pattern.text} matches {paths[0]}{more} in one of ArgoCD's ways of matching alone: "
        "what is made of it is not checked"
    )
    hint = "by default * spans folders; with enable.new.git.file.globbing only ** does"
    return NotExpandedError(reason, pattern, hint)
