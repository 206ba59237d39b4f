"""Which values the templates of a chart can read, found without rendering.

The templates are executed over abstract values: routes of `.Values` instead of data. What is
found is a superset of what any rendering reads, as long as nothing is `unreadable`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.references.conditions import Enabled
from plate_llm_cli.helm.references.effective import effective_values
from plate_llm_cli.helm.references.library import Body, Unreadable, build_library
from plate_llm_cli.helm.references.reads import Position, Read, ReadKind
from plate_llm_cli.helm.references.routes import meets
from plate_llm_cli.helm.references.run import Run, TooMuchError
from plate_llm_cli.helm.references.values import Context
from plate_llm_cli.helm.templates.chart import read_chart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.library import Library
    from plate_llm_cli.helm.references.reads import RawRead, Site
    from plate_llm_cli.helm.references.routes import Concrete, Pattern
    from plate_llm_cli.helm.templates.chart import ChartSource

__all__ = ["Position", "Read", "ReadKind", "References", "Unreadable", "references_of"]

STEPS_FOR_TEXTS = 20_000
_PASSES = 3
_MAX_IMPORTS = 3


@dataclass(eq=False)
class References:
    """What the templates of a chart and its subcharts read, as routes of the root's values.

    `unreadable` templates may read anything; `missing` are dependencies that are not vendored,
    which may read what lies under their name and `global`.
    """

    chart: ChartSource
    reads: tuple[Read, ...]
    unreadable: tuple[Unreadable, ...]
    missing: tuple[Pattern, ...]
    _run: Run = field(repr=False)
    _sites: tuple[tuple[str, Site], ...] = field(repr=False)
    _imports: tuple[tuple[Pattern, Pattern], ...] = field(default=(), repr=False)

    @property
    def everything(self) -> bool:
        """True when some template could not be followed: then any value may be read."""
        return bool(self.unreadable) or not all(each.complete for each in self.chart.walk())

    @property
    def exact(self) -> frozenset[Pattern]:
        """Routes that are printed, passed on or tested, each by its full name."""
        kinds = (ReadKind.VALUE, ReadKind.PRESENCE)
        return frozenset(r.pattern for r in self.reads if r.kind in kinds and not r.dynamic)

    @property
    def subtrees(self) -> frozenset[Pattern]:
        """Routes below which everything is read at once, `toYaml` for one."""
        kinds = (ReadKind.WHOLE, ReadKind.DIGEST)
        return frozenset(read.pattern for read in self.reads if read.kind in kinds)

    @property
    def dynamic(self) -> frozenset[Pattern]:
        """Routes with a key that the template computes."""
        return frozenset(read.pattern for read in self.reads if read.dynamic)

    @cached_property
    def _by_first(self) -> dict[object, list[Read]]:
        groups: dict[object, list[Read]] = {}
        for read in self.reads:
            first = read.pattern[0] if read.pattern else None
            groups.setdefault(first if isinstance(first, (str, int)) else None, []).append(read)
        return groups

    def of(self, route: Concrete) -> list[Read]:
        """The reads that see the value at `route`, or a part of it."""
        return [
            read
            for same in self.names_of(route)
            for first in (same[:1], (None,))
            for read in self._by_first.get(first[0] if first else None, ())
            if read.covers(same)
        ]

    def near(self, route: Concrete) -> bool:
        """Whether anything at, above or below `route` is looked at."""
        return any(
            len(read.pattern) > 0 and meets(read.pattern, same)
            for same in self.names_of(route)
            for read in self.reads
        )

    def names_of(self, route: Concrete) -> list[Concrete]:
        """The route, and those to which `import-values` copies what is there."""
        found = [route]
        for same in found:
            for source, target in self._imports:
                if same[: len(source)] == source and len(found) <= _MAX_IMPORTS:
                    copied = (*target, *same[len(source) :])
                    found += [] if copied in found else [copied]  # type: ignore[list-item]  # no Wild in imports
        return found

    def may_be_missing(self, route: Concrete) -> bool:
        """Whether a dependency that is not vendored may read `route`."""
        return bool(self.missing) and (
            "global" in route[:1] or any(route[: len(each)] == each for each in self.missing)
        )

    def effective(self, overrides: dict[str, Any]) -> dict[str, Any]:
        """`.Values` of the root chart, those of the subcharts inside."""
        return effective_values(self.chart, overrides)

    def with_texts(self, values: dict[str, Any]) -> References:
        """These references, and those of texts in `values` that templates hand to `tpl`."""
        texts = list(_template_texts(values, ())) if self._sites else []
        found = dict.fromkeys(self.reads)
        self._run.grant(STEPS_FOR_TEXTS)
        try:
            for template, site in self._sites:
                for route, text in texts:
                    if any(len(p) <= len(route) and meets(p, route) for p in site.sources):
                        found.update(dict.fromkeys(self._reads_of_text(template, site, text)))
        except TooMuchError:
            return replace(self, unreadable=(*self.unreadable, _too_much("")))
        return self if len(found) == len(self.reads) else replace(self, reads=tuple(found))

    def _reads_of_text(self, template: str, site: Site, text: str) -> list[Read]:
        body = self._run.text_body(text)
        if body is None:
            return []
        outcome = self._run.execute(body, site.dot, site.gates)
        return [_read(self._run.library, template, raw) for raw in outcome.reads]


def references_of(path: Path) -> References:
    """The references of the chart at `path`, a folder or a `.tgz`. Never raises for a chart."""
    return analyse(read_chart(path))


def analyse(chart: ChartSource) -> References:
    """The references of a chart that was read."""
    charts = list(chart.walk())
    library = build_library(chart)
    run = Run(library, frozenset(each.prefix for each in charts))
    for _ in range(_PASSES):  # what one template writes with `set`, another may read
        version = run.store.version
        reads, sites, unreadable = _run_all(run, chart)
        if run.store.version == version:
            break
    return References(
        chart,
        (*_switches(chart), *reads),
        (*library.unreadable, *unreadable),
        tuple((*each.prefix, name) for each in charts for name in each.missing),
        run,
        tuple(sites),
        tuple(_imports(charts)),
    )


def _run_all(
    run: Run, root: ChartSource
) -> tuple[list[Read], list[tuple[str, Site]], list[Unreadable]]:
    reads: dict[Read, None] = {}
    sites: list[tuple[str, Site]] = []
    unreadable: list[Unreadable] = []
    for body, chart, gates in _rendered(run.library, root, ()):
        try:
            outcome = run.execute(body, Context(chart), gates)
        except TooMuchError:
            unreadable.append(_too_much(body.file))
            continue
        reads.update((_read(run.library, body.file, raw), None) for raw in outcome.reads)
        sites += [(body.file, site) for site in outcome.sites]
    return list(reads), sites, unreadable


def _too_much(file: str) -> Unreadable:
    return Unreadable(Position(file, 1, 1), "too much to follow")


def _rendered(
    library: Library, chart: ChartSource, gates: tuple[Condition, ...]
) -> Iterator[tuple[Body, ChartSource, tuple[Condition, ...]]]:
    """The templates that Helm renders, with the conditions of the charts that they belong to."""
    own = _enabled(chart)
    gates = gates if own is None else (*gates, own)
    for name in chart.templates:
        body = library.files.get(name)
        if body is not None and not chart.library and not name.rpartition("/")[2].startswith("_"):
            yield body, chart, gates
    for child in chart.children:
        yield from _rendered(library, child, gates)


def _enabled(chart: ChartSource) -> Enabled | None:
    dependency = chart.dependency
    if dependency is None or not (dependency.conditions or dependency.tags):
        return None
    parent = chart.prefix[:-1]
    return Enabled(
        tuple((*parent, *keys) for keys in dependency.conditions),
        tuple(("tags", tag) for tag in dependency.tags),
    )


def _switches(root: ChartSource) -> Iterator[Read]:
    """The values that Chart.yaml itself reads: conditions and tags of dependencies."""
    for chart in root.walk():
        position = Position(f"{chart.path}/Chart.yaml", 1, 1)
        for dependency in chart.dependencies:
            routes: list[Pattern] = [(*chart.prefix, *keys) for keys in dependency.conditions]
            routes += [keys for keys in dependency.conditions if keys[:1] == ("global",)]
            routes += [("tags", tag) for tag in dependency.tags]
            for route in routes:
                yield Read(route, ReadKind.PRESENCE, (), "", position)


def _imports(charts: list[ChartSource]) -> Iterator[tuple[Pattern, Pattern]]:
    for chart in charts:
        for source, target in chart.dependency.imports if chart.dependency else ():
            yield (*chart.prefix, *source), (*chart.prefix[:-1], *target)


def _read(library: Library, template: str, raw: RawRead) -> Read:
    known = raw.origin is not None and raw.origin[0]  # a text of values has no file
    file, offset = raw.origin if raw.origin is not None and known else (template, 0)
    return Read(raw.pattern, raw.kind, raw.gates, template, library.position(file, offset))


def _template_texts(values: Any, route: Concrete) -> Iterator[tuple[Concrete, str]]:
    if isinstance(values, str) and "{{" in values:
        yield route, values
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from _template_texts(value, (*route, key))
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from _template_texts(value, (*route, index))
