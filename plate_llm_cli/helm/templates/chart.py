"""A chart as its templates see it: template texts, defaults and subcharts under their aliases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.templates.files import read_archive, read_files
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.helm.templates.files import ChartFiles

_MAX_DEPTH: Final = 12

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of a chart's dependencies. `conditions` and `imports` are routes of values.

    An import copies a part of the subchart's values (first) to a part of the parent's (second).
    """

    name: str
    alias: str
    conditions: tuple[Keys, ...] = ()
    tags: tuple[str, ...] = ()
    imports: tuple[tuple[Keys, Keys], ...] = ()


@dataclass(slots=True, eq=False)
class ChartSource:
    """One chart of a tree of charts.

    `prefix` is where its values lie in the root chart's. `templates` are all files of
    `templates/` by the name that Helm gives them (`parent/charts/alias/templates/x.yaml`).
    `missing` are dependencies that are declared and not in `charts/`. `complete` is False when
    not everything could be read.
    """

    name: str
    prefix: Keys
    path: str
    library: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    children: list[ChartSource] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    dependency: Dependency | None = None
    missing: list[str] = field(default_factory=list)
    complete: bool = True

    def walk(self) -> Iterator[ChartSource]:
        """This chart and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_chart(path: Path) -> ChartSource:
    """The chart at `path`, a folder or a `.tgz`. Never raises for what is wrong with it."""
    return _chart(read_files(path), (), "", None)


def _chart(
    files: ChartFiles, prefix: Keys, parent: str, dependency: Dependency | None
) -> ChartSource:
    metadata, readable = _mapping(files, "Chart.yaml")
    name = str(metadata.get("name", ""))
    shown = dependency.alias if dependency is not None else name
    chart = ChartSource(shown, prefix, f"{parent}/charts/{shown}" if parent else shown)
    chart.library = metadata.get("type") == "library"
    chart.dependency = dependency
    chart.complete = files.complete and readable
    chart.defaults, readable = _mapping(files, "values.yaml")
    chart.complete = chart.complete and readable
    chart.templates = {
        f"{chart.path}/{path}": files.text(path)
        for path in sorted(files.files)
        if path.startswith("templates/")
    }
    requirements, _ = _mapping(files, "requirements.yaml")
    declared = metadata.get("dependencies") or requirements.get("dependencies")
    chart.dependencies = [
        _dependency(entry) for entry in _dicts(declared) if isinstance(entry.get("name"), str)
    ]
    if len(prefix) < _MAX_DEPTH:
        _add_children(chart, files)
    return chart


def _add_children(chart: ChartSource, files: ChartFiles) -> None:
    declared: dict[str, list[Dependency]] = {}
    for dependency in chart.dependencies:
        declared.setdefault(dependency.name, []).append(dependency)
    found = set()
    for part in _parts(files):
        chart.complete = chart.complete and part.complete
        metadata, _ = _mapping(part, "Chart.yaml")
        name = str(metadata.get("name", ""))
        found.add(name)
        for dependency in declared.get(name, [Dependency(name, name)]):
            prefix = (*chart.prefix, dependency.alias)
            chart.children.append(_chart(part, prefix, chart.path, dependency))
    chart.missing = [item.alias for item in chart.dependencies if item.name not in found]


def _parts(files: ChartFiles) -> Iterator[ChartFiles]:
    """The subcharts in `charts/`: folders, and archives."""
    names = sorted({path.split("/")[1] for path in files.files if path.startswith("charts/")})
    for name in names:
        if name.startswith(("_", ".")):  # Helm passes these over
            continue
        packed = files.files.get(f"charts/{name}")
        part = read_archive(packed) if packed is not None else files.below(f"charts/{name}/")
        if "Chart.yaml" in part.files or not part.complete:
            yield part


def _dependency(entry: dict[str, Any]) -> Dependency:
    name = str(entry["name"])
    conditions = str(entry.get("condition") or "").split(",")
    return Dependency(
        name,
        str(entry.get("alias") or name),
        tuple(tuple(text.strip().split(".")) for text in conditions if text.strip()),
        tuple(str(tag) for tag in _list(entry.get("tags"))),
        tuple(_imports(entry.get("import-values"))),
    )


def _imports(entries: Any) -> Iterator[tuple[Keys, Keys]]:
    for entry in _list(entries):
        if isinstance(entry, str):
            yield ("exports", *entry.split(".")), ()
        elif isinstance(entry, dict):
            parent = str(entry.get("parent") or ".")
            keys = () if parent == "." else tuple(parent.split("."))
            yield tuple(str(entry.get("child") or "").split(".")), keys


def _mapping(files: ChartFiles, path: str) -> tuple[dict[str, Any], bool]:
    """A YAML file's mapping, and False when the file is there but cannot be read."""
    if path not in files.files:
        return {}, True
    source = parse_text(files.text(path), path)
    plain: Any = to_plain(source.root)
    return (plain if isinstance(plain, dict) else {}), not source.broken


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in _list(value) if isinstance(entry, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
