"""Smoke checks for people: a block an area, a line a check, what failed once more at the end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.columns import hanging
from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.report.smoke import duration, shortened, summary
from plate_llm_cli.report.untrusted import line_start, one_line
from plate_llm_cli.smoke.check import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.check import Result
    from plate_llm_cli.smoke.runner import Run

_SIGNS: Final = {
    Verdict.PASS: "pass",
    Verdict.WARN: "WARN",
    Verdict.FAIL: "FAIL",
    Verdict.SKIP: "skip",
}
"""What needs somebody is in capitals: it has to be seen without colours, too."""
_COLORS: Final = {Verdict.PASS: "32", Verdict.WARN: "1;35", Verdict.FAIL: "1;31", Verdict.SKIP: "2"}
"""Those that show on black and on white."""
_MOST_SAID: Final = 400
"""Characters of what was seen, and of advice; programs get all."""
_LONG_REASON: Final = 60
"""Characters: what is longer is told once."""
_LEAST_PROSE: Final = 32
"""Cells: where fewer are left beside the names, prose stands below them."""
_ADVICE: Final = "-> "


@dataclass(frozen=True, slots=True)
class _Row:
    """A check, or several that were skipped for the same reason. All is safe to print."""

    verdict: Verdict
    name: str
    time: str
    said: str
    advice: str = ""


def smoke_text(
    run: Run,
    tested: Tested,
    width: int | None = None,
    *,
    color: bool = False,
    quiet: bool = False,
) -> str:
    """The whole page; `width` is that of the screen in cells, None where it is no screen.

    `quiet` is what is not well, and the summary.
    """
    shown = [item for item in run.results if not quiet or not _is_well(item)]
    told: dict[str, str] = {}
    sections = [(_heading(areas), list(_rows(areas, told))) for areas in _sections(shown)]
    layout = _Layout([row for _, rows in sections for row in rows], width, color)
    blocks = [hanging("", 2, one_line(tested.line), width)]
    blocks += [f"{hanging('', 0, head, width)}{layout.lines(rows)}" for head, rows in sections]
    blocks.append(_end(run, layout))
    return "\n".join(map(line_start, "\n".join(blocks).split("\n")))


def _is_well(result: Result) -> bool:
    """Whether it passed, or there was nothing to try."""
    skipped = result.outcome.verdict is Verdict.SKIP and not result.outcome.untried
    return skipped or result.outcome.verdict is Verdict.PASS


def _sections(results: Sequence[Result]) -> list[dict[str, list[Result]]]:
    """Results by area; neighbouring areas that were skipped whole, for one reason, stand together.

    So an address that nothing answers at fills no screen.
    """
    sections: list[dict[str, list[Result]]] = []
    for area in dict.fromkeys(item.check.area for item in results):
        found = [item for item in results if item.check.area == area]
        before = [item for items in sections[-1].values() for item in items] if sections else []
        ways = {_alike(item) for item in (*before, *found)}
        if before and len(ways) == 1 and _alike(found[0])[0]:
            sections[-1][area] = found
        else:
            sections.append({area: found})
    return sections


def _heading(areas: Iterable[str]) -> str:
    return one_line(", ".join(areas))


def _rows(areas: dict[str, list[Result]], told: dict[str, str]) -> Iterator[_Row]:
    """`told` has the reasons so far, and the first check that was skipped for each."""
    results = (item for items in areas.values() for item in items)
    for (_, skipped), group in groupby(results, _alike):
        found = list(group)
        if not skipped:
            yield from map(_row, found)
            continue
        first = told.setdefault(skipped, found[0].check.name)
        again = first != found[0].check.name and len(skipped) > _LONG_REASON
        said = f"for the same reason as {first}" if again else skipped
        if len(found) == 1:
            yield _Row(Verdict.SKIP, one_line(found[0].check.name), "", _short(said))
            continue
        names = ", ".join(item.check.name for item in found)
        said = said if len(areas) > 1 else f"{said.rstrip('.')}: {names}"
        yield _Row(Verdict.SKIP, f"{len(found)} checks", "", _short(said))


def _alike(result: Result) -> tuple[bool, str]:
    """Equal for neighbours that were skipped for the same reason, which is told once."""
    skipped = result.outcome.verdict is Verdict.SKIP
    return skipped, result.outcome.said if skipped else ""


def _row(result: Result) -> _Row:
    outcome = result.outcome
    time = "" if outcome.verdict is Verdict.SKIP else duration(result.seconds)
    name = one_line(result.check.name)
    return _Row(outcome.verdict, name, time, _short(outcome.said), _short(outcome.advice))


def _short(text: str) -> str:
    return shortened(text, _MOST_SAID)


class _Layout:
    """Columns that are alike in all blocks."""

    def __init__(self, rows: Sequence[_Row], width: int | None, color: bool) -> None:
        self.width = width
        self._color = color
        self._name = max((cell_width(row.name) for row in rows), default=0)
        self._time = max((len(row.time) for row in rows), default=0)
        start = 2 + 4 + 2 + self._name + 2 + self._time + 2
        self._beside = width is None or width - start >= _LEAST_PROSE
        self._start = start if self._beside else 8

    def lines(self, rows: Iterable[_Row]) -> str:
        """A line a row, its prose and advice hanging beside or below the name."""
        return "".join(map(self._line, rows))

    def painted(self, text: str, verdict: Verdict) -> str:
        """`text` in the colour of `verdict`, where there are colours."""
        return f"\x1b[{_COLORS[verdict]}m{text}\x1b[0m" if self._color and text else text

    def _line(self, row: _Row) -> str:
        text = hanging(self._head(row), self._start, row.said, self.width)
        if row.advice:
            arrow = " " * self._start + _ADVICE
            text += hanging(arrow, len(arrow), row.advice, self.width)
        return text

    def _head(self, row: _Row) -> str:
        sign = self.painted(_SIGNS[row.verdict], row.verdict)
        name = self.painted(row.name, row.verdict) if row.verdict is Verdict.FAIL else row.name
        if self._beside:
            gap = " " * (self._name - cell_width(row.name))
            return f"  {sign}  {name}{gap}  {row.time:>{self._time}}  "
        return f"  {sign}  {name}" + (f"  {row.time}\n" if row.time else "\n")


def _end(run: Run, layout: _Layout) -> str:
    """The names of what failed, as its lines may have left the screen, and the summary."""
    wrong = [item for item in run.results if item.outcome.verdict is Verdict.FAIL]
    names = one_line(", ".join(item.check.name for item in wrong))
    text = hanging("failed: ", 8, names, layout.width) if wrong else ""
    text = layout.painted(text.rstrip("\n"), Verdict.FAIL) + text[-1:]
    return text + hanging("", 0, summary(run), layout.width)
