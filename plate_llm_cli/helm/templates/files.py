"""Reads the files of a chart that say what it reads: from its folder or from a packed archive."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_FILES: Final = 5000

_TOP: Final = frozenset({"Chart.yaml", "requirements.yaml", "values.yaml"})
_FOLDERS: Final = ("templates/", "charts/")


class ChartFiles:
    """Files of one chart by path inside it (forward slashes).

    `complete` is False when some of them could not be read or went past the limits.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.complete = True
        self._size = 0

    def text(self, path: str) -> str:
        """A file as text; '' when it is missing."""
        return self.files.get(path, b"").decode("utf-8-sig", errors="replace")

    def below(self, folder: str) -> ChartFiles:
        """The files under `folder`, with their paths inside it."""
        part = ChartFiles()
        part.complete = self.complete
        part.files = {
            path[len(folder) :]: data
            for path, data in self.files.items()
            if path.startswith(folder)
        }
        return part

    def add(self, path: str, size: int, data: bytes | None) -> None:
        """Take one file in; None says that it could not be read."""
        self._size += size
        if data is None or self._size > MAX_BYTES or len(self.files) >= MAX_FILES:
            self.complete = False
        else:
            self.files[path] = data


def read_files(path: Path) -> ChartFiles:
    """The files of the chart at `path`: a folder, or a `.tgz`."""
    if path.is_dir():
        return _read_folder(path)
    try:
        return read_archive(path.read_bytes())
    except OSError:
        files = ChartFiles()
        files.complete = False
        return files


def read_archive(data: bytes) -> ChartFiles:
    """The files of a packed chart, without the folder at the top of the archive."""
    files = ChartFiles()
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            for member in archive:
                inner = member.name.removeprefix("./").partition("/")[2]
                if member.isfile() and _is_wanted(inner):
                    _take_member(files, archive, member, inner)
                if not files.complete:
                    break
    except (tarfile.TarError, OSError, EOFError, ValueError):
        files.complete = False
    return files


def _take_member(
    files: ChartFiles, archive: tarfile.TarFile, member: tarfile.TarInfo, inner: str
) -> None:
    stream = archive.extractfile(member) if member.size <= MAX_BYTES else None
    files.add(inner, member.size, stream.read() if stream is not None else None)


def _read_folder(root: Path) -> ChartFiles:
    """Links are followed, as Helm does; one that leads back into its own parents is not."""
    files = ChartFiles()
    waiting = [(root, "", frozenset[str]())]
    folders = 0
    while waiting and files.complete:
        folder, prefix, above = waiting.pop()
        real = os.path.realpath(folder)
        folders += 1
        if real in above or folders > MAX_FILES:
            files.complete = False
            break
        for entry in _entries(folder, files):
            name = prefix + entry.name
            if entry.is_dir():
                if _leads_on(f"{name}/"):
                    waiting.append((Path(entry.path), f"{name}/", above | {real}))
            elif _is_wanted(name) and files.complete:
                _take_file(files, Path(entry.path), name)
    return files


def _entries(folder: Path, files: ChartFiles) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        files.complete = False
        return []


def _take_file(files: ChartFiles, path: Path, inner: str) -> None:
    try:
        size = path.stat().st_size
        files.add(inner, size, path.read_bytes() if size <= MAX_BYTES else None)
    except OSError:
        files.add(inner, 0, None)


def _leads_on(folder: str) -> bool:
    """Whether a folder can hold wanted files: `charts/x/` can, `docs/` cannot."""
    if folder.startswith("templates/"):
        return True
    if not folder.startswith("charts/"):
        return False
    inner = folder.removeprefix("charts/").partition("/")[2]
    return not inner or _leads_on(inner)


def _is_wanted(path: str) -> bool:
    if path.startswith("charts/"):
        subchart, slash, inner = path.removeprefix("charts/").partition("/")
        return _is_wanted(inner) if slash else subchart.endswith((".tgz", ".tar.gz"))
    return path in _TOP or path.startswith(_FOLDERS)
