"""Where the subcharts of a chart lie: Helm speaks of them by alias, their folders have any name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.helm.charts import load_chart
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.charts import Chart, Dependency
    from plate_llm_cli.source.nodes import SourceFile, Span

_CHARTS = "charts/"


class Subcharts:
    """The subcharts below the chart in folder `chart` of `root`. Each Chart.yaml is read once."""

    def __init__(self, root: Path, chart: str) -> None:
        self._root = root
        self._top = chart
        self._charts: dict[str, Chart | None] = {}

    def path(self, template: str) -> str:
        """Where a template stands, by its path in the chart: `charts/ALIAS/templates/x.yaml`."""
        folder, rest = self._enter(template)
        return f"{folder}/{rest}" if folder else rest

    def dependency(self, template: str) -> tuple[SourceFile, Span] | None:
        """The entry of Chart.yaml that brings a template which is not in the tree: an archive's."""
        folder, rest = self._enter(template)
        if not rest.startswith(_CHARTS):
            return None
        return self.entry(rest.removeprefix(_CHARTS).partition("/")[0], folder)

    def entry(self, name: str, folder: str | None = None) -> tuple[SourceFile, Span] | None:
        """Where Chart.yaml in `folder` names the dependency `name`, by alias or name."""
        found = self._declared(self._top if folder is None else folder, name)
        if found is None:
            return None
        node = find(found.node, ("alias",) if found.alias == name else ("name",)) or found.node
        return found.file, node.span

    def missing(self) -> list[str]:
        """The dependencies of the chart itself that are neither in charts/ nor in the tree."""
        loaded = self._load(self._top)
        absent = loaded.missing if loaded else ()
        return [entry.key for entry in absent if not self._is_chart(entry.local)]

    def _enter(self, template: str) -> tuple[str, str]:
        """The folder of the innermost chart that lies in the tree, and the rest of the way."""
        folder, rest = self._top, template
        while rest.startswith(_CHARTS):
            name, _, inner = rest.removeprefix(_CHARTS).partition("/")
            inside = self._folder(folder, name)
            if inside is None:
                break
            folder, rest = inside, inner
        return folder, rest

    def _folder(self, chart: str, name: str) -> str | None:
        same = f"{chart}/{_CHARTS}{name}" if chart else f"{_CHARTS}{name}"
        if (self._root / same / "Chart.yaml").is_file():
            return same
        declared = self._declared(chart, name)
        if declared and declared.vendored is None:
            return declared.local if self._is_chart(declared.local) else None
        vendored = declared.vendored if declared else self._named(chart, name)
        return vendored if vendored and (self._root / vendored).is_dir() else None

    def _is_chart(self, folder: str | None) -> bool:
        return folder is not None and (self._root / folder / "Chart.yaml").is_file()

    def _named(self, chart: str, name: str) -> str | None:
        """A folder of charts/ that is declared nowhere and calls itself `name`."""
        loaded = self._load(chart)
        folders = loaded.vendored if loaded else ()
        charts = ((folder, self._load(folder)) for folder in folders)
        return next((folder for folder, inner in charts if inner and inner.name == name), None)

    def _declared(self, chart: str, name: str) -> Dependency | None:
        loaded = self._load(chart)
        declared = loaded.dependencies if loaded else ()
        keys = {entry.name: entry for entry in declared} | {entry.key: entry for entry in declared}
        return keys.get(name)

    def _load(self, folder: str) -> Chart | None:
        if folder not in self._charts:
            self._charts[folder] = load_chart(self._root, folder)
        return self._charts[folder]
