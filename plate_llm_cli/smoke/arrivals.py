"""When the pieces of a stream came, and whether something held them back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOGETHER: Final = 0.01
"""Seconds at most between two pieces that came at once: a busy machine takes a while to read."""
_FEW: Final = 20
"""Pieces of which nothing can be told."""
_NOTICED: Final = 0.5
"""Seconds that a model has to take: of a quicker answer nothing can be told."""
_QUICKEST: Final = 0.0002
"""Seconds a piece. No model says 5,000 in a second: such a stream was there before it was sent."""
_MANY: Final = 6
"""Pieces in one go, with nothing for `_SILENCE` after it: a model sends each by itself."""
_SILENCE: Final = 0.05
_LONG_SILENCE: Final = 0.1
"""Longer than a machine's own halts, after which all is there that came meanwhile."""
_SMALLEST_BUFFER: Final = 2000
_ALIKE: Final = 1.5
"""The largest of some sizes by the smallest: buffers are of one size, sentences are not."""


class Flow(Enum):
    """How a stream came."""

    STEADY = auto()
    AT_ONCE = auto()
    """All of it at its end."""
    IN_BUFFERS = auto()
    """Each time that a buffer was full."""
    IN_BURSTS = auto()
    """Many pieces at a time, as some providers send them, and some proxies."""
    UNKNOWN = auto()
    """Too short or too quick to tell."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Pieces that came at once, or each close behind the one before."""

    begin: float
    end: float
    pieces: int
    size: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The pieces of a stream: seconds from the request to the arrival of each, and its bytes."""

    pieces: Sequence[tuple[float, int]]

    @property
    def first(self) -> float:
        """Seconds to the first one."""
        return self.pieces[0][0]

    @property
    def last(self) -> float:
        """Seconds to the last one."""
        return self.pieces[-1][0]

    def bursts(self) -> list[Burst]:
        """What came at once, in order."""
        return [
            Burst(group[0][0], group[-1][0], len(group), sum(size for _, size in group))
            for group in self._groups()
        ]

    def flow(self, network: float) -> Flow:
        """How they came, where `network` seconds go by before the service begins to answer."""
        count, span = len(self.pieces), self.last - self.first
        if count < _FEW or self.last - network < _NOTICED:
            return Flow.UNKNOWN
        if span < count * _QUICKEST:
            return Flow.AT_ONCE
        bursts = self.bursts()
        silences = [later.begin - earlier.end for earlier, later in pairwise(bursts)]
        if not silences or median(silences) < _SILENCE or count / len(bursts) < _MANY:
            return Flow.STEADY
        buffers = median(silences) > _LONG_SILENCE and _of_one_size(bursts[:-1])
        return Flow.IN_BUFFERS if buffers else Flow.IN_BURSTS

    def _groups(self) -> Iterator[list[tuple[float, int]]]:
        group: list[tuple[float, int]] = []
        for piece in self.pieces:
            if group and piece[0] - group[-1][0] > _TOGETHER:
                yield group
                group = []
            group.append(piece)
        if group:
            yield group


def _of_one_size(bursts: Sequence[Burst]) -> bool:
    sizes = [burst.size for burst in bursts]
    alike = max(sizes) < min(sizes) * _ALIKE
    return len(sizes) > 1 and min(sizes) > _SMALLEST_BUFFER and alike
