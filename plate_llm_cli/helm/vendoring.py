"""Puts dependencies that lie in the same tree (`repository: file://../common`) into charts/.

ArgoCD runs `helm dependency build` where a dependency is absent, which packs such a folder into
charts/ as it is (`pkg/downloader/manager.go`, `tarFromLocalDir`): without what its `.helmignore`
names, and without building the dependency's own dependencies. We do so in a copy, and leave the
tree alone.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.helm.chart_tree import check_tree
from plate_llm_cli.helm.charts import CHART_FILE, load_chart
from plate_llm_cli.helm.helmignore import IGNORE_FILE, HelmIgnore
from plate_llm_cli.source.nodes import Scalar, find

if TYPE_CHECKING:
    import tempfile
    from collections.abc import Iterator

    from plate_llm_cli.source.tree import Tree

MAX_COPIED = 1024 * 1024 * 1024
"""Bytes of all copies together; a single chart is bounded as every chart is."""

_REQUIREMENTS = "requirements.yaml"
_SCHEME = "file://"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Names of charts that are names of folders as well, and that Helm does not pass over."""


class Vendoring:
    """Copies of charts of `tree`, each made once, in a folder that goes with `close`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._copies: dict[str, Path | None] = {}
        self._left = MAX_COPIED

    def __enter__(self) -> Vendoring:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the copies. Safe to call twice."""
        self._copies.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def copy(self, chart: str) -> Path | None:
        """The chart in folder `chart` with its dependencies in charts/, or None.

        None where it lacks no dependency that is in the tree, and where Helm shall not read it.
        """
        if chart not in self._copies:
            self._copies[chart] = self._copy(chart) if self._declares(chart) else None
        return self._copies[chart]

    def _declares(self, chart: str) -> bool:
        """Whether it is worth a look: Chart.yaml has been read already."""
        if not self._tree.is_file(_join(chart, CHART_FILE)):
            return False
        file = self._tree.read(_join(chart, CHART_FILE))
        version = find(file.root, ("apiVersion",))
        if isinstance(version, Scalar) and version.text == "v1":
            return _SCHEME in file.text or _SCHEME in self._tree.text(_join(chart, _REQUIREMENTS))
        return _SCHEME in file.text

    def _copy(self, chart: str) -> Path | None:
        root = self._tree.root
        parts = dict(self._absent(chart))
        if not parts or check_tree(root, root / chart):
            return None
        try:
            target = self._place(root / chart)
            self._transfer(root / chart, target, without=IGNORE_FILE)
            for name, folder in parts.items():
                if not (target / "charts" / name).exists():
                    self._transfer(root / folder, target / "charts" / name)
        except OSError:  # no room, or a file that cannot be read: the dependency stays absent
            return None
        return None if check_tree(target, target) else target

    def _absent(self, chart: str) -> Iterator[tuple[str, str]]:
        """The dependencies that are not in charts/, by name, with their folders in the tree."""
        root = self._tree.root
        loaded = load_chart(root, chart)
        for entry in loaded.missing if loaded else ():
            folder = entry.local
            if folder is None or folder == chart or not _NAME.fullmatch(entry.name):
                continue
            if not (root / folder / CHART_FILE).is_file() or check_tree(root, root / folder):
                continue
            found = load_chart(root, folder)
            if found is not None and found.name == entry.name:
                yield entry.name, folder

    def _place(self, chart: Path) -> Path:
        if self._folder is None:
            import tempfile  # noqa: PLC0415 - 6 ms that most trees need not spend

            self._folder = tempfile.TemporaryDirectory(prefix="plate-llm-")
        return Path(self._folder.name) / str(len(self._copies)) / chart.name

    def _transfer(self, source: Path, target: Path, without: str = "") -> None:
        """Copy what Helm would read. Rules that have been kept shall not meet the dependencies."""
        ignore = HelmIgnore.of(source)
        for folder, folders, names in os.walk(source, followlinks=True):
            inside = os.path.relpath(folder, source).replace(os.sep, "/")
            inside = "" if inside == "." else inside
            folders[:] = [
                name for name in folders if not ignore.ignores(_join(inside, name), folder=True)
            ]
            for name in names:
                path = _join(inside, name)
                if path != without and not ignore.ignores(path, folder=False):
                    self._file(source / path, target / path)

    def _file(self, source: Path, target: Path) -> None:
        self._left -= source.stat().st_size
        if self._left < 0:
            raise OSError(errno.ENOSPC, "more than all copies may hold", str(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
