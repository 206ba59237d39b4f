"""Charts that are loaded in the worker, and how long each may be used."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from plate_llm_cli.helm import native
from plate_llm_cli.helm.integers import TEMPLATE as INTEGERS_TEMPLATE
from plate_llm_cli.helm.integers import put_back
from plate_llm_cli.helm.schema_batch import TEMPLATE as VALUES_TEMPLATE
from plate_llm_cli.helm.schema_batch import TEXT as VALUES_TEXT
from plate_llm_cli.helm.schema_batch import for_many

if TYPE_CHECKING:
    from collections.abc import Iterator

Message = dict[str, Any]

_KEPT = 8


class LoadedChart:
    """One chart in the library's memory."""

    def __init__(self, handle: int, *, prints_values: bool = False) -> None:
        self.handle = handle
        self.prints_values = prints_values

    @cached_property
    def schema(self) -> str:
        """The chart's own values.schema.json, or 'null'."""
        return native.text("helm_chart_schema", self.handle)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Chart.yaml as Helm reads it."""
        found = json.loads(native.text("helm_chart_metadata", self.handle))
        return found if isinstance(found, dict) else {}

    @cached_property
    def dependencies(self) -> list[dict[str, Any]]:
        """The Chart.yaml of each subchart that lies in charts/."""
        return json.loads(native.text("helm_chart_dependencies", self.handle)) or []

    @property
    def declared(self) -> list[dict[str, Any]]:
        """The dependencies that Chart.yaml (or requirements.yaml) names."""
        return [entry for entry in self.metadata.get("dependencies") or () if entry]

    @property
    def survives(self) -> bool:
        """Whether it may render again: Helm's render takes subcharts out of the loaded chart."""
        return not self.dependencies and not self.declared


class Change(NamedTuple):
    """How a chart shall differ from what is on disk."""

    without_schema: bool = False
    integers: str = ""
    prints_values: bool = False

    @property
    def extra(self) -> dict[str, str]:
        """The templates that are added, by path in the chart."""
        found = {INTEGERS_TEMPLATE: self.integers} if self.integers else {}
        return {**found, VALUES_TEMPLATE: VALUES_TEXT} if self.prints_values else found


class ChartStore:
    """Loads charts. One without subcharts is kept for later requests of the same call."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], LoadedChart] = {}
        self._archives: dict[tuple[Any, ...], bytes | None] = {}

    @contextmanager
    def open(self, message: Message) -> Iterator[LoadedChart]:
        """The chart of a request, as it is on disk or changed as the request wants it.

        `call` numbers the parent's calls: between two of them the files may change.
        """
        key = (message["call"], message["chart"], _change(message))
        chart = self._kept.get(key)
        if chart is None:
            chart = self._load(*key)
            if chart.survives:
                self._keep(key, chart)
        try:
            yield chart
        finally:
            if self._kept.get(key) is not chart:
                native.free(chart.handle)

    def _load(self, call: int, path: str, change: Change) -> LoadedChart:
        if change == Change():
            return LoadedChart(native.load(path))
        key = (call, path, change)
        if key not in self._archives:
            if len(self._archives) >= _KEPT:
                self._archives.clear()
            self._archives[key] = _changed(path, change)
        packed = self._archives[key]
        if packed is None:
            return self._load(
                call, path, change._replace(without_schema=False, prints_values=False)
            )
        return LoadedChart(native.load(packed), prints_values=change.prints_values)

    def _keep(self, key: tuple[Any, ...], chart: LoadedChart) -> None:
        if len(self._kept) >= _KEPT:
            oldest = next(iter(self._kept))
            native.free(self._kept.pop(oldest).handle)
        self._kept[key] = chart


def _change(message: Message) -> Change:
    integers = put_back(message["integers"], message["values"]) if message["integers"] else ""
    if message["skip_schema"]:
        return Change(without_schema=True, integers=integers)
    return Change(message["defer"], integers, message["defer"])


def _changed(path: str, change: Change) -> bytes | None:
    """The chart in folder `path` as an archive, or None when its schemas must be checked in it."""
    from plate_llm_cli.helm.archive import (  # noqa: PLC0415 - see there
        has_deeper_schema,
        repack,
        without_schemas,
    )

    chart = LoadedChart(native.load(path))
    try:
        if change.prints_values and not for_many(chart.schema):
            return None
        packed = repack(chart.handle, change.extra)
        if change.prints_values and has_deeper_schema(packed):
            return None
        return without_schemas(packed) if change.without_schema else packed
    finally:
        native.free(chart.handle)
