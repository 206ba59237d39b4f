"""Charts that are loaded in the worker, and how long each may be used."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import native
from plate_llm_cli.helm.integers import TEMPLATE, put_back

if TYPE_CHECKING:
    from collections.abc import Iterator

Message = dict[str, Any]

_KEPT = 8


class LoadedChart:
    """One chart in the library's memory."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

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


class ChartStore:
    """Loads charts. One without subcharts is kept for later requests of the same call."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], LoadedChart] = {}
        self._archives: dict[tuple[Any, ...], bytes] = {}

    @contextmanager
    def open(self, message: Message) -> Iterator[LoadedChart]:
        """The chart of a request, as it is on disk or changed as the request wants it."""
        key = self._key(message)
        chart = self._kept.get(key)
        if chart is None:
            chart = LoadedChart(native.load(self._source(key, message)))
            if chart.survives:
                self._keep(key, chart)
        try:
            yield chart
        finally:
            if self._kept.get(key) is not chart:
                native.free(chart.handle)

    def _key(self, message: Message) -> tuple[Any, ...]:
        """`call` numbers the parent's calls: between two of them the files may change."""
        extra = put_back(message["integers"], message["values"]) if message["integers"] else ""
        return (message["call"], message["chart"], message["skip_schema"], extra)

    def _source(self, key: tuple[Any, ...], message: Message) -> str | bytes:
        path: str = message["chart"]
        skip_schema, integers = key[2:]
        if not skip_schema and not integers:
            return path
        if key not in self._archives:
            if len(self._archives) >= _KEPT:
                self._archives.clear()
            self._archives[key] = _changed(path, with_schema=not skip_schema, integers=integers)
        return self._archives[key]

    def _keep(self, key: tuple[Any, ...], chart: LoadedChart) -> None:
        if len(self._kept) >= _KEPT:
            oldest = next(iter(self._kept))
            native.free(self._kept.pop(oldest).handle)
        self._kept[key] = chart


def _changed(path: str, *, with_schema: bool, integers: str) -> bytes:
    """The chart in folder `path` as an archive, changed."""
    from plate_llm_cli.helm.archive import repack  # noqa: PLC0415 - see there

    chart = native.load(path)
    try:
        extra = {TEMPLATE: integers} if integers else {}
        return repack(chart, with_schema=with_schema, extra=extra)
    finally:
        native.free(chart)
