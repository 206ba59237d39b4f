"""A chart as it lies in the tree: its files, what Chart.yaml says and where, its dependencies."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.helm.helmignore import HelmIgnore
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, find
from plate_llm_cli.source.reader import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.source.nodes import Node, SourceFile

CHART_FILE = "Chart.yaml"
VALUES_FILE = "values.yaml"
SCHEMA_FILE = "values.schema.json"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency that Chart.yaml (or requirements.yaml) declares.

    `node` is its entry in `file`; `vendored` is the path of the folder or archive in charts/,
    relative to the root, or None when nothing there bears its name.
    """

    name: str
    alias: str
    version: str
    repository: str
    condition: str
    tags: tuple[str, ...]
    file: SourceFile
    node: Mapping
    vendored: str | None

    @property
    def key(self) -> str:
        """Under which key of the parent's values its values are."""
        return self.alias or self.name

    @property
    def local(self) -> str | None:
        """The folder that a `file://` repository names, relative to the root; None outside it."""
        if not self.repository.startswith("file://"):
            return None
        below = posixpath.dirname(self.file.path)
        path = posixpath.normpath(posixpath.join(below, self.repository.removeprefix("file://")))
        if posixpath.isabs(path) or path.partition("/")[0] == "..":
            return None
        return "" if path == "." else path


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's folder. Paths are relative to the root, with forward slashes.

    `file` is Chart.yaml, `values` values.yaml if there is one. `templates` are the files of
    templates/ that Helm reads, sorted; `vendored` what lies in charts/, folders and archives.
    """

    directory: str
    file: SourceFile
    values: SourceFile | None
    templates: tuple[str, ...]
    vendored: tuple[str, ...]
    dependencies: tuple[Dependency, ...]
    has_schema: bool

    def text(self, *route: str) -> str:
        """The scalar at `route` of Chart.yaml as it is written, or ''."""
        return _text(find(self.file.root, route))

    @property
    def name(self) -> str:
        """The chart's name: the first part of its templates' names."""
        return self.text("name")

    @property
    def version(self) -> str:
        """The chart's version."""
        return self.text("version")

    @property
    def is_library(self) -> bool:
        """True for a chart that only other charts use."""
        return self.text("type") == "library"

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of Chart.yaml."""
        node = find(self.file.root, ("annotations",))
        if not isinstance(node, Mapping):
            return {}
        return {entry.key.text: _text(entry.value) for entry in node.entries}

    @property
    def missing(self) -> tuple[Dependency, ...]:
        """The dependencies that are declared but not in charts/."""
        return tuple(entry for entry in self.dependencies if entry.vendored is None)


def load_chart(root: Path, directory: str) -> Chart | None:
    """The chart in folder `directory`, or None where there is no Chart.yaml.

    Lenient: what is wrong with a file stands in its `problems`, and the rest is there all the same.
    """
    folder = root / directory
    if not (folder / CHART_FILE).is_file():
        return None
    file = read_file(root, _join(directory, CHART_FILE))
    vendored = tuple(_vendored(root, directory))
    has_values = (folder / VALUES_FILE).is_file()
    return Chart(
        directory=directory,
        file=file,
        values=read_file(root, _join(directory, VALUES_FILE)) if has_values else None,
        templates=tuple(_templates(root, directory)),
        vendored=vendored,
        dependencies=tuple(_dependencies(root, directory, file, vendored)),
        has_schema=(folder / SCHEMA_FILE).is_file(),
    )


def _templates(root: Path, directory: str) -> Iterator[str]:
    rules = HelmIgnore.of(root / directory)
    pending = ["templates"]
    while pending:
        folder = pending.pop()
        names: list[str] = []
        for entry in _entries(root / directory / folder):
            path = f"{folder}/{entry.name}"
            if not rules.ignores(path, folder=entry.is_dir()):
                (pending if entry.is_dir() and not entry.is_symlink() else names).append(path)
        yield from (
            _join(directory, name) for name in sorted(names) if (root / directory / name).is_file()
        )
        pending.sort(reverse=True)


def _vendored(root: Path, directory: str) -> Iterator[str]:
    """What Helm takes from charts/: folders with a Chart.yaml, and archives."""
    for entry in _entries(root / directory / "charts"):
        hidden = entry.name.startswith(("_", "."))
        if not hidden and (entry.suffix == ".tgz" or (entry / CHART_FILE).is_file()):
            yield _join(directory, f"charts/{entry.name}")


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _dependencies(
    root: Path, directory: str, chart: SourceFile, vendored: tuple[str, ...]
) -> Iterator[Dependency]:
    names = {_vendored_name(root, path): path for path in vendored}
    for file, node in _declared(root, directory, chart):
        name = _text(node.get("name"))
        yield Dependency(
            name=name,
            alias=_text(node.get("alias")),
            version=_text(node.get("version")),
            repository=_text(node.get("repository")),
            condition=_text(node.get("condition")),
            tags=tuple(_text(tag) for tag in _items(node.get("tags"))),
            file=file,
            node=node,
            vendored=names.get(name),
        )


def _declared(
    root: Path, directory: str, chart: SourceFile
) -> Iterator[tuple[SourceFile, Mapping]]:
    """The entries of `dependencies`; a chart of API version v1 has them in requirements.yaml."""
    files = [chart]
    if _text(find(chart.root, ("apiVersion",))) == "v1":
        path = _join(directory, "requirements.yaml")
        files += [read_file(root, path)] if (root / path).is_file() else []
    for file in files:
        for item in _items(find(file.root, ("dependencies",))):
            if isinstance(item, Mapping):
                yield file, item


def _vendored_name(root: Path, path: str) -> str:
    """The name of a vendored chart: its Chart.yaml's, or what an archive has before `-1.2.3`."""
    if (root / path).is_dir():
        return _text(find(read_file(root, f"{path}/{CHART_FILE}").root, ("name",)))
    stem = path.rpartition("/")[2].removesuffix(".tgz")
    parts = stem.split("-")
    ends = [
        index for index, part in enumerate(parts) if index and part[:1].isdigit() and "." in part
    ]
    return "-".join(parts[: ends[0]]) if ends else stem


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) and node.value is not None else ""


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
