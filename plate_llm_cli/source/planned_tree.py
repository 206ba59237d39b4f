"""A tree as it would be with planned changes, none of which is on disk."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from plate_llm_cli.source.defects import unreadable
from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.nodes import SourceFile
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.tree import Tree, files_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


class PlannedTree(Tree):
    """The files below `root`, but for those of `planned`: their new texts, None where they go.

    What Helm reads itself, a chart's templates and its own values, is read from disk.
    """

    def __init__(
        self, root: Path, exclude: Sequence[str], planned: Mapping[str, str | None]
    ) -> None:
        super().__init__(root, exclude)
        self._planned = planned

    def read(self, path: str) -> SourceFile:
        """As a tree does."""
        if path in self._planned and path not in self._files:
            text = self._planned[path]
            gone = [unreadable("it would be removed")]
            self._files[path] = (
                SourceFile(path, "", problems=gone) if text is None else parse_text(text, path)
            )
        return super().read(path)

    def data(self, path: str) -> bytes:
        """As a tree does."""
        if path in self._planned:
            return (self._planned[path] or "").encode()[: MAX_BYTES + 1]
        return super().data(path)

    def text(self, path: str) -> str:
        """As a tree does."""
        if path in self._planned:
            text = (self._planned[path] or "").removeprefix("\ufeff")
            return text.replace("\r\n", "\n").replace("\r", "\n")[:MAX_BYTES]
        return super().text(path)

    def is_dir(self, path: str) -> bool:
        """As a tree does; a folder stays while it has a file."""
        there = any(self._inside(path, new) for new in self._there())
        return there or (super().is_dir(path) and not self._is_emptied(path))

    def is_file(self, path: str) -> bool:
        """As a tree does."""
        if path in self._planned:
            return self._planned[path] is not None
        return super().is_file(path)

    def glob(self, base: str, pattern: str) -> list[str]:
        """As a tree does."""
        found = {path for path in super().glob(base, pattern) if path not in self._planned}
        for path in self._there():
            inside = PurePosixPath(path[len(base) :].lstrip("/") if base else path)
            if self._inside(base, path) and _matches(inside, pattern):
                found.add(path)
        return sorted(found)

    def walk(self, base: str = "", suffixes: tuple[str, ...] = (".yaml", ".yml")) -> Iterator[str]:
        """As a tree does."""
        found = [path for path in super().walk(base, suffixes) if path not in self._planned]
        found += [
            path
            for path in self._there()
            if self._inside(base, path) and path.endswith(suffixes) and not self.excluded(path)
        ]
        yield from sorted(found, key=files_first)

    def _there(self) -> Iterator[str]:
        return (path for path, text in self._planned.items() if text is not None)

    def _inside(self, folder: str, path: str) -> bool:
        return not folder or path.startswith(f"{folder}/")

    def _is_emptied(self, folder: str) -> bool:
        if not any(self._inside(folder, path) for path in self._planned):
            return False
        files = (item for item in (self.root / folder).rglob("*") if item.is_file())
        return all(item.relative_to(self.root).as_posix() in self._planned for item in files)


def _matches(path: PurePosixPath, pattern: str) -> bool:
    """As `Path.glob` has it, of which `match` knows all but `**`."""
    head, spans, tail = pattern.partition("**/")
    if not spans:
        return len(path.parts) == len(PurePosixPath(pattern).parts) and path.match(pattern)
    return path.as_posix().startswith(head) and path.match(tail)
