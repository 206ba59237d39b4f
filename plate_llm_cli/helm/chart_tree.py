"""Looks over a chart's folder before Helm reads it: links that leave the root, and sheer size.

Helm follows symbolic links, `.Files.Get` included, so that a chart could print any file of the
machine that renders it; and a link to a folder above itself never ends.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.helm.engine import FailureKind, RenderFailure
from plate_llm_cli.helm.helmignore import HelmIgnore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.helm.engine import RenderRequest

MAX_FILES = 10_000
MAX_DEPTH = 50
MAX_BYTES = 100 * 1024 * 1024
"""Of all files together; Helm's own limit for what an archive may hold."""

_TOLD = 5
"""Problems that one message names."""


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """Why Helm shall not read a chart; `path` is relative to the root."""

    path: str
    message: str


def check_tree(root: Path, chart: Path) -> list[TreeProblem]:
    """What speaks against loading the chart in folder `chart`; stops at the first excess."""
    return list(_Walk(root, chart).problems())


class TreeChecks:
    """Looks over the charts of one call, each once."""

    def __init__(self) -> None:
        self._done: dict[tuple[Path, Path], RenderFailure | None] = {}

    def failure(self, request: RenderRequest) -> RenderFailure | None:
        """Why the request's chart shall not be read, or None."""
        if request.root is None:
            return None
        key = (request.root, request.chart)
        if key not in self._done:
            problems = check_tree(*key)
            said = "; ".join(f"{problem.path} {problem.message}" for problem in problems[:_TOLD])
            self._done[key] = RenderFailure(FailureKind.CHART, said) if said else None
        return self._done[key]


class _Walk:
    """One walk over the files that Helm would read."""

    def __init__(self, root: Path, chart: Path) -> None:
        self._root = root.resolve()
        self._chart = chart
        self._ignore = HelmIgnore.of(chart)
        self._files = 0
        self._bytes = 0

    def problems(self) -> Iterator[TreeProblem]:
        start = os.path.realpath(self._chart)
        if not self._is_inside(start):
            yield self._problem("", "lies outside the root")
            return
        yield from self._folder("", (start,))

    def _folder(self, path: str, above: tuple[str, ...]) -> Iterator[TreeProblem]:
        """`path` is relative to the chart; `above` are the real paths of it and what holds it."""
        if len(above) > MAX_DEPTH:
            yield self._problem(path, f"lies more than {MAX_DEPTH} folders deep")
            return
        try:
            entries = sorted(os.scandir(self._chart / path), key=lambda entry: entry.name)
        except OSError as error:
            yield self._problem(path, f"cannot be read: {error.strerror}")
            return
        for entry in entries:
            inside = f"{path}/{entry.name}" if path else entry.name
            if not self._ignore.ignores(inside, folder=_is_folder(entry)):
                yield from self._entry(entry, inside, above)
            if self._files > MAX_FILES or self._bytes > MAX_BYTES:
                return

    def _entry(
        self, entry: os.DirEntry[str], path: str, above: tuple[str, ...]
    ) -> Iterator[TreeProblem]:
        real = entry.path
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            fault = self._link_fault(real, above)
            if fault:
                yield self._problem(path, fault)
                return
        if _is_folder(entry):
            here = real if entry.is_symlink() else f"{above[-1]}{os.sep}{entry.name}"
            yield from self._folder(path, (*above, here))
        else:
            yield from self._file(entry, path)

    def _link_fault(self, real: str, above: tuple[str, ...]) -> str:
        if not self._is_inside(real):
            return "is a symbolic link that leaves the root"
        if any(f"{folder}{os.sep}".startswith(f"{real}{os.sep}") for folder in above):
            return "is a symbolic link to a folder that holds it"
        if not Path(real).exists():
            return "is a symbolic link that leads nowhere"
        return ""

    def _file(self, entry: os.DirEntry[str], path: str) -> Iterator[TreeProblem]:
        try:
            status = entry.stat()
        except OSError as error:
            yield self._problem(path, f"cannot be read: {error.strerror}")
            return
        if not stat.S_ISREG(status.st_mode):
            yield self._problem(path, "is no regular file")
            return
        self._files += 1
        self._bytes += status.st_size
        if self._files > MAX_FILES:
            yield self._problem("", f"has more than {MAX_FILES} files")
        elif self._bytes > MAX_BYTES:
            yield self._problem("", f"is larger than {MAX_BYTES // 1024 // 1024} MiB")

    def _is_inside(self, real: str) -> bool:
        root = str(self._root)
        return real == root or real.startswith(root.rstrip(os.sep) + os.sep)

    def _problem(self, path: str, message: str) -> TreeProblem:
        place = self._chart / path if path else self._chart
        try:
            shown = place.relative_to(self._root).as_posix()
        except ValueError:
            shown = place.as_posix()
        return TreeProblem(shown, message)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that runs in a circle
        return False
