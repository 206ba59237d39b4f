"""Counters and histograms that are cheap to add to.

Only the event loop writes them, so that they need no locks: 0.2 us instead of the 1 to 2 us of
prometheus_client's own, which remains what gathers and prints them.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Metric

Labels = tuple[str, ...]


class Counter(Collector):
    """Totals by label values. `name` is without `_total`."""

    def __init__(self, name: str, documentation: str, *labels: str) -> None:
        self._name, self._documentation, self._labels = name, documentation, labels
        self._totals: dict[Labels, float] = {}

    def add(self, values: Labels, amount: float = 1) -> None:
        """Count; `values` are those of the labels, in order. Adding 0 makes a series visible."""
        self._totals[values] = self._totals.get(values, 0) + amount

    def collect(self) -> Iterator[Metric]:
        """The totals as prometheus_client has them."""
        family = CounterMetricFamily(self._name, self._documentation, labels=self._labels)
        for values, total in list(self._totals.items()):
            family.add_metric(values, total)
        yield family


class Total(Collector):
    """A total that somebody else keeps and `read` gives. `name` is without `_total`."""

    def __init__(self, name: str, documentation: str, read: Callable[[], float]) -> None:
        self._name, self._documentation, self._read = name, documentation, read

    def collect(self) -> Iterator[Metric]:
        """The total as prometheus_client has it."""
        yield CounterMetricFamily(self._name, self._documentation, value=self._read())


@dataclass(slots=True)
class _Distribution:
    """How many observations fell into each bucket, not cumulated, and the last one of each."""

    counts: list[int]
    exemplars: list[Exemplar | None]
    sum: float = field(default=0.0)


class Histogram(Collector):
    """Distributions of seconds by one label. `bounds` are the upper ones, without infinity."""

    def __init__(
        self, name: str, documentation: str, label: str, bounds: tuple[float, ...]
    ) -> None:
        self._name, self._documentation, self._label = name, documentation, label
        self._bounds = bounds
        self._names = [*map(floatToGoString, bounds), "+Inf"]
        self._distributions: dict[str, _Distribution] = {}

    def observe(self, value: str, seconds: float, trace_id: str = "") -> None:
        """Add one observation, which `trace_id` is an example of."""
        try:
            distribution = self._distributions[value]
        except KeyError:
            size = len(self._names)
            distribution = _Distribution([0] * size, [None] * size)
            self._distributions[value] = distribution
        bucket = bisect_left(self._bounds, seconds)
        distribution.counts[bucket] += 1
        distribution.sum += seconds
        if trace_id:
            exemplar = Exemplar({"trace_id": trace_id}, seconds, time.time())
            distribution.exemplars[bucket] = exemplar

    def collect(self) -> Iterator[Metric]:
        """The distributions as prometheus_client has them."""
        family = HistogramMetricFamily(self._name, self._documentation, labels=[self._label])
        for value, distribution in list(self._distributions.items()):
            buckets = [
                (name, float(count)) if exemplar is None else (name, float(count), exemplar)
                for name, count, exemplar in zip(
                    self._names,
                    accumulate(distribution.counts),
                    distribution.exemplars,
                    strict=True,
                )
            ]
            family.add_metric([value], buckets, distribution.sum)
        yield family
