"""A deployment tree on disk: which files it has, each read once, nothing outside its root."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.reader import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.source.nodes import SourceFile

_STARS = re.compile(r"\*{2,}")
_NEVER_ENTERED = frozenset({"node_modules", "__pycache__", "venv"})
"""Folders beside the hidden ones that hold no team's deployment files, only other people's."""


class OutsideRootError(ValueError):
    """A path leaves the root, by `..`, by being absolute or through a symbolic link."""


class Tree:
    """The files below `root`. Paths in and out are relative, with forward slashes."""

    def __init__(self, root: Path, exclude: Sequence[str] = ()) -> None:
        self.root = root.resolve()
        self.exclude = tuple(exclude)
        self._files: dict[str, SourceFile] = {}

    def read(self, path: str) -> SourceFile:
        """The file at `path`, parsed; read from disk once."""
        found = self._files.get(path)
        if found is None:
            found = self._files[path] = read_file(self.root, path)
        return found

    def text(self, path: str) -> str:
        """The text of a file that need not be YAML, such as a template; '' if it is not text."""
        try:
            target = self.root / self.join("", path)
            if not target.is_file():  # a named pipe would hold us until somebody writes to it
                return ""
            with target.open(encoding="utf-8-sig") as file:
                return file.read(MAX_BYTES)
        except (OSError, UnicodeDecodeError, OutsideRootError):
            return ""

    def data(self, path: str) -> bytes:
        """The bytes of a file, up to what is too large; none where nobody may read it.

        A file that nobody names is not our concern when it cannot be read or leads out of the tree;
        one that is named is read again by its name, which turns the reason into a problem.
        """
        target = self.root / path
        try:
            if target.is_symlink():
                self.join("", path)
            if not target.is_file():
                return b""
            with target.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, OutsideRootError):
            return b""

    @property
    def files(self) -> dict[str, SourceFile]:
        """What has been read so far, by path."""
        return self._files

    def join(self, base: str, path: str) -> str:
        """`path` as seen from folder `base`, normalised.

        Raises:
            OutsideRootError: when it would leave the root.
        """
        joined = os.path.normpath(PurePosixPath(base or ".") / path)
        if joined.startswith("..") or PurePosixPath(joined).is_absolute():
            raise OutsideRootError(path)
        target = self.root / joined
        if os.path.lexists(target):
            self._refuse_escape(target, path)
        return "" if joined == "." else joined

    def _refuse_escape(self, target: Path, path: str) -> None:
        try:
            resolved = target.resolve(strict=False)
        except (OSError, RuntimeError) as error:
            raise OutsideRootError(path) from error
        # A link to itself leads nowhere; since Python 3.13 it resolves to itself.
        if resolved.is_symlink() or not resolved.is_relative_to(self.root):
            raise OutsideRootError(path)

    def is_dir(self, path: str) -> bool:
        """True for a folder of the tree."""
        return os.path.isdir(self.root / path)  # noqa: PTH112 - a Path refuses names of 300 letters

    def is_file(self, path: str) -> bool:
        """True for a file of the tree."""
        return os.path.isfile(self.root / path)  # noqa: PTH113 - as above

    def glob(self, base: str, pattern: str) -> list[str]:
        """The files that match `pattern` from folder `base`, sorted; `**` spans folders."""
        anchor = self.root / base
        # Within a name `**` is `*`; pathlib takes it on its own only.
        parts = [part if part == "**" else _STARS.sub("*", part) for part in pattern.split("/")]
        wanted = "/".join(part for part in parts if part)
        found = (match for match in (anchor.glob(wanted) if wanted else ()) if match.is_file())
        inside = (match for match in found if match.resolve().is_relative_to(self.root))
        return sorted(match.relative_to(self.root).as_posix() for match in inside)

    def walk(self, base: str = "", suffixes: tuple[str, ...] = (".yaml", ".yml")) -> Iterator[str]:
        """Files below `base` with one of `suffixes`, sorted.

        Left out: hidden folders, excluded paths, symbolic links to folders, chart templates.
        """
        start = self.root / base
        for folder, folders, names in os.walk(start, followlinks=False):
            relative = Path(folder).relative_to(self.root).as_posix()
            relative = "" if relative == "." else relative
            is_chart = "Chart.yaml" in names
            folders[:] = sorted(
                name for name in folders if self._entered(relative, name, chart=is_chart)
            )
            for name in sorted(names):
                path = f"{relative}/{name}" if relative else name
                if name.endswith(suffixes) and not self.excluded(path):
                    yield path

    def _entered(self, folder: str, name: str, *, chart: bool) -> bool:
        if name.startswith(".") or name in _NEVER_ENTERED:
            return False
        if chart and name == "templates":
            return False
        return not self.excluded(f"{folder}/{name}" if folder else name)

    def excluded(self, path: str) -> bool:
        """True when an `exclude` pattern names `path` or a folder above it."""
        parts = PurePosixPath(path)
        candidates = [path, *(parent.as_posix() for parent in parts.parents)]
        return any(
            fnmatchcase(candidate, pattern.rstrip("/"))
            for pattern in self.exclude
            for candidate in candidates
        )


def files_first(path: str) -> tuple[tuple[int, str], ...]:
    """Sorts as a walk goes: the files of a folder before its subfolders, each by name."""
    *folders, name = path.split("/")
    return (*((1, folder) for folder in folders), (0, name))
