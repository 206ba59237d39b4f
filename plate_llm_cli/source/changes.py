"""Changes to the files of a tree: planned together, shown, and written all or not at all."""

from __future__ import annotations

import difflib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import OutputError
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from plate_llm_cli.source.tree import Tree

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
"""As Git has lines: what else Python takes for an end of one is part of it."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What becomes of one file: a text that is None is no file."""

    path: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """`new`, `changed` or `removed`."""
        if self.before is None:
            return "new"
        return "removed" if self.after is None else "changed"

    def diff(self) -> str:
        """As a unified diff, as `git apply` takes it."""
        old, new = _LINE.findall(self.before or ""), _LINE.findall(self.after or "")
        names = [
            "/dev/null" if text is None else f"{side}/{self.path}"
            for side, text in (("a", self.before), ("b", self.after))
        ]
        lines = difflib.unified_diff(old, new, names[0], names[1])
        unfinished = "\n\\ No newline at end of file\n"
        return "".join(line if line.endswith("\n") else line + unfinished for line in lines)


@dataclass(slots=True)
class Changes:
    """The changes of one command to one tree, a file each."""

    tree: Tree
    _before: dict[str, str | None] = field(default_factory=dict)
    _after: dict[str, str | None] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """The file at `path` with what is planned so far; None where there is none."""
        if path not in self._after:
            self._before[path] = self._after[path] = self._read(path)
        return self._after[path]

    def put(self, path: str, text: str | None) -> None:
        """Plan that the file at `path` holds `text`, or goes."""
        self.text(path)
        self._after[path] = text

    @property
    def files(self) -> list[FileChange]:
        """What changes, sorted by path."""
        return [
            FileChange(path, self._before[path], after)
            for path, after in sorted(self._after.items())
            if after != self._before[path]
        ]

    @property
    def planned(self) -> Mapping[str, str | None]:
        """By path the texts that are to be; None for files that go."""
        return {change.path: change.after for change in self.files}

    def write(self) -> None:
        """Carry it all out; where one file fails, those before it become what they were.

        Raises:
            OutputError: a file is not what it was when this was planned, or cannot be written.
        """
        for change in self.files:
            if self._read(change.path) != change.before:
                message = f"{change.path} has changed meanwhile: nothing was written"
                raise OutputError(message, "run the command again")
        done: list[FileChange] = []
        folders: list[Path] = []
        try:
            for change in self.files:
                done.append(change)
                self._make_folder(change.path, folders)
                self._carry_out(change.path, change.after)
        except BaseException:  # Ctrl-C as well: half an environment must not stay
            self._take_back(done, folders)
            raise
        for change in done:
            if change.after is None:
                self._remove_empty(self.tree.root / change.path)

    def _read(self, path: str) -> str | None:
        """As it stands, line ends and byte order mark included."""
        target = self.tree.root / self.tree.join("", path)
        if not target.exists() and not target.is_symlink():
            return None
        if target.exists() and not target.is_file():  # a pipe is never read to its end
            raise OutputError(f"{path} cannot be read: it is no regular file")
        try:
            with target.open(encoding="utf-8", newline="") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise OutputError(f"{path} cannot be read: {reason}") from error

    def _carry_out(self, path: str, text: str | None) -> None:
        target = self.tree.root / path
        if text is not None:
            write_atomically(target, text, within=self.tree.root)
            return
        try:
            target.unlink()
        except OSError as error:
            raise OutputError(f"{path} cannot be removed: {error.strerror}") from error

    def _make_folder(self, path: str, made: list[Path]) -> None:
        """Make the folders that the file needs, each noted in `made`; the deepest last."""
        folder = (self.tree.root / path).parent
        absent = [item for item in (folder, *folder.parents) if not item.exists()][::-1]
        try:
            for item in absent:
                item.mkdir()
                made.append(item)
        except OSError as error:
            shown = path.rpartition("/")[0]
            raise OutputError(f"{shown} cannot be made: {error.strerror}") from error

    def _take_back(self, done: list[FileChange], folders: list[Path]) -> None:
        for change in reversed(done):
            with suppress(OutputError, OSError):  # the first failure is the one to be told
                if self._read(change.path) != change.before:
                    self._carry_out(change.path, change.before)
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()

    def _remove_empty(self, path: Path) -> None:
        """Git keeps no empty folders either."""
        for folder in path.parents:
            if folder == self.tree.root:
                return
            try:
                folder.rmdir()
            except OSError:
                return
