"""Finds the template line behind a rendered line, where no value stands behind it.

Helm keeps no such map. The rendered lines are laid along the lines of the template, in order, so
that as much as possible of what is fixed in the template is found again; a line in a `range` may
come again, and what an action printed belongs to the line of the action. A line that fits nowhere
has no answer: the caller then asks for the key above it, because a wrong line is worse.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from plate_llm_cli.graph.template_lines import printing_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.template_lines import Block, PrintingLine

_MAX_CELLS = 400_000
"""Template lines times rendered lines that are laid along each other: half a second of work."""

_SKIPPED = 0.6
_SKIPPED_OPTIONAL = 0.05
_SKIPPED_DOCUMENT = 5.0
_REPEATED = 0.1
_UNKNOWN = -1.5
_PRINTED = 0.2
_EARLY, _LATE = 0.25, 0.15
"""What one more line of an action counts: more, or less, than the first line of the next action."""
_HOPELESS = 15.0
"""How far behind the best a way may be and still be followed."""
_NEVER = float("-inf")


def template_line(template: str, rendered: str, lines: list[int]) -> int | None:
    """The line (from 1) of `template` that made the first of `lines` of `rendered`.

    `lines` are line numbers (from 1) of the field and of the keys above it, innermost first. For a
    field whose own line is not found, the line of the nearest key above it is taken.
    """
    found = _lay(template, rendered)
    return next((found[number] for number in lines if number in found), None)


@lru_cache(maxsize=64)
def _lay(template: str, rendered: str) -> dict[int, int]:
    """The template line of every rendered line for which there is one."""
    sources = printing_lines(template)
    texts = [
        (number, line)
        for number, line in enumerate(rendered.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not sources or not texts or len(sources) * len(texts) > _MAX_CELLS:
        return {}
    # Of two actions in a row nobody can tell which one printed a line: then neither is named.
    early = _Alignment(sources, _EARLY).run([line for _, line in texts])
    late = _Alignment(sources, _LATE).run([line for _, line in texts])
    return {
        number: sources[one].number
        for (number, _), one, other in zip(texts, early, late, strict=True)
        if one is not None and one == other
    }


class _Alignment:
    """The best way along the template's lines: a Viterbi path, one step for a rendered line."""

    def __init__(self, sources: tuple[PrintingLine, ...], continued: float) -> None:
        self._sources = sources
        self._continued = continued
        self._ways: dict[tuple[int, int], float] = {}
        self._loops: dict[Block, list[int]] = {}
        for index, source in enumerate(sources):
            for loop in source.repeats:
                self._loops.setdefault(loop, []).append(index)

    def run(self, lines: list[str]) -> list[int | None]:
        """For each line the index of the template line that printed it, or None."""
        scores, back = self._first(lines[0])
        steps = [back]
        for line in lines[1:]:
            scores, back = self._next(scores, line)
            steps.append(back)
        return self._walk_back(scores, steps)

    def _first(self, line: str) -> tuple[list[float], list[tuple[int, bool]]]:
        """A document may begin at any line of the template, best at the first after a `---`."""
        starts: dict[int, int] = {}
        scores: list[float] = []
        back: list[tuple[int, bool]] = []
        for index, source in enumerate(self._sources):
            start = starts.setdefault(source.document, index)
            fit = _fit(source, line)
            scores.append(max(fit, _UNKNOWN) - self._skipped(range(start, index), index, index))
            back.append((index, fit < _UNKNOWN))
        return scores, back

    def _next(self, scores: list[float], line: str) -> tuple[list[float], list[tuple[int, bool]]]:
        alive = max(scores) - _HOPELESS
        origins = [index for index, score in enumerate(scores) if score >= alive]
        result: list[float] = []
        back: list[tuple[int, bool]] = []
        for index, source in enumerate(self._sources):
            stay = scores[index] + (self._continued if _continues(source, line) else _NEVER)
            best = max((stay, index, False), (scores[index] + _UNKNOWN, index, True))
            fit = _fit(source, line)
            if fit > _NEVER:
                ways = ((scores[origin] - self._way(origin, index), origin) for origin in origins)
                score, origin = max(ways)
                best = max(best, (score + fit, origin, False))
            result.append(best[0])
            back.append((best[1], best[2]))
        return result, back

    def _way(self, origin: int, index: int) -> float:
        """What it costs to go from one template line to another: forwards, or around a loop."""
        cost = self._ways.get((origin, index))
        if cost is None:
            cost = float("inf")
            if origin < index:
                cost = self._skipped(range(origin + 1, index), origin, index)
            for loop in self._sources[index].repeats:
                if loop in self._sources[origin].around:
                    cost = min(cost, self._around(loop, origin, index))
            self._ways[origin, index] = cost
        return cost

    def _around(self, loop: Block, origin: int, index: int) -> float:
        members = self._loops[loop]
        rest = (member for member in members if member > origin)
        head = (member for member in members if member < index)
        end = self._skipped(rest, origin, origin)
        return _REPEATED + end + self._skipped(head, index, index)

    def _skipped(self, passed: Iterable[int], origin: int, index: int) -> float:
        """What the lines `passed` on the way cost: most where one of the ends is in their block."""
        ends = (self._sources[origin], self._sources[index])
        cost = _SKIPPED_DOCUMENT * (ends[1].document - ends[0].document)
        for number in passed:
            around = self._sources[number].around
            inside = any(end.around[: len(around)] == around for end in ends)
            cost += _SKIPPED if inside else _SKIPPED_OPTIONAL
        return cost

    def _walk_back(
        self, scores: list[float], steps: list[list[tuple[int, bool]]]
    ) -> list[int | None]:
        index = max(range(len(scores)), key=lambda item: (scores[item], -item))
        path: list[int | None] = []
        for back in reversed(steps):
            origin, unknown = back[index]
            path.append(None if unknown else index)
            index = origin
        return path[::-1]


def _fit(source: PrintingLine, line: str) -> float:
    """How well `line` may be the first that `source` printed."""
    indent = len(line) - len(line.lstrip())
    if source.pattern is None:
        return _NEVER if indent < (source.inner or 0) else _PRINTED
    if not source.pattern.fullmatch(line.strip()):
        return _NEVER
    fits = source.indent is None or source.indent == indent
    return 1 + min(source.fixed, 30) / 30 + (0.5 if fits else -0.7)


def _continues(source: PrintingLine, line: str) -> bool:
    """Whether `line` may be one more that `source` printed."""
    return source.inner is not None and len(line) - len(line.lstrip()) >= source.inner
