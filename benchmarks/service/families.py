"""Cases of one family against the yardstick, measured in turns; each goal becomes a row."""

from __future__ import annotations

import subprocess
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from benchmarks.service.lab import started
from benchmarks.service.rows import Row
from benchmarks.service.runs import in_turns, progress
from benchmarks.service.servers import BARE, DIRECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.service.cases import Case
    from benchmarks.service.lab import Lab, Running
    from benchmarks.service.runs import Figures, Subject
    from benchmarks.service.servers import Server
    from benchmarks.service.works import Work

TOLERATED = 0.01
"""The share of requests that may fail, or ask the upstream more or less often than expected."""


async def measure_family(
    lab: Lab, cases: Sequence[Case], rounds: int, share: float = 1
) -> list[Row]:
    """The rows of `cases`, which are of one family. `share` shortens each run."""
    work = cases[0].work
    async with AsyncExitStack() as stack:
        pool = _Pool(lab, stack)
        subjects: dict[str, Subject] = {}
        if work.streams:
            subjects[DIRECT.name] = (await pool.up(DIRECT), work)
        subjects[BARE.name] = (await pool.up(BARE), work)
        failed = await _add(pool, cases, subjects)
        taken = await in_turns(lab, subjects, rounds, share)
    rows = [_yardstick_row(work, taken)]
    for case in cases:
        rows += failed[case.name] if case.name in failed else _rows(case, taken)
    return rows


class _Pool:
    """Servers that are up, each once."""

    def __init__(self, lab: Lab, stack: AsyncExitStack) -> None:
        self._lab = lab
        self._stack = stack
        self._up: dict[str, Running] = {}

    async def up(self, server: Server) -> Running:
        if server.name not in self._up:
            progress(f"starting {server.name}")
            running = await self._stack.enter_async_context(started(self._lab, server))
            self._up[server.name] = running
        return self._up[server.name]


async def _add(
    pool: _Pool, cases: Sequence[Case], subjects: dict[str, Subject]
) -> dict[str, list[Row]]:
    """Start what `cases` need; returns a row for each that cannot be had."""
    failed = {}
    for case in cases:
        try:
            subjects[case.name] = (await pool.up(case.server), case.work)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as problem:
            progress(f"{case.name}: {problem}")
            held = None if case.limit is None else False
            failed[case.name] = [Row(case.name, case.server.title, "does not start", held=held)]
    return failed


def _rows(case: Case, taken: Mapping[str, Figures]) -> list[Row]:
    rows = [_cpu_row(case, taken)]
    if case.work.streams:
        rows += [
            _first_row(case, taken, "p50", case.first_p50),
            _first_row(case, taken, "p99", case.first_p99),
        ]
    return rows


def _yardstick_row(work: Work, taken: Mapping[str, Figures]) -> Row:
    bare = taken[BARE.name]
    figure = f"{bare.cpu:.1f} us"
    return Row(
        f"{BARE.name}, {work.family}", BARE.title, figure, figure, "1.00", "", None, _beside(bare)
    )


def _cpu_row(case: Case, taken: Mapping[str, Figures]) -> Row:
    figures, bare = taken[case.name], taken[BARE.name]
    base = taken[case.beyond].cpu if case.beyond in taken else 0.0
    ratio = (figures.cpu - base) / bare.cpu
    more = f" beyond {case.beyond}" if case.beyond else ""
    wrong = _wrong(case, figures)
    return Row(
        case.name,
        case.server.title,
        f"{figures.cpu:.1f} us",
        f"{bare.cpu:.1f} us",
        f"{ratio:.2f}{more}",
        "" if case.limit is None else f"at most {case.limit:g}",
        None if case.limit is None else ratio <= case.limit and not wrong,
        ", ".join((_beside(figures), *wrong)),
    )


def _first_row(case: Case, taken: Mapping[str, Figures], which: str, limit: float | None) -> Row:
    """How much later the first token comes than from the upstream itself."""
    ours, direct, bare = (
        taken[name].median(lambda sample: getattr(sample.load, f"first_{which}"))
        for name in (case.name, DIRECT.name, BARE.name)
    )
    later = ours - direct
    return Row(
        f"{case.name}, first token {which}",
        case.server.title,
        f"{later:.1f} ms later than the upstream's {direct:.1f}",
        f"{bare - direct:.1f} ms later",
        "",
        "" if limit is None else f"at most {limit:g} ms",
        None if limit is None else later <= limit,
    )


def _beside(figures: Figures) -> str:
    rate = figures.median(lambda sample: sample.load.rate)
    p50 = figures.median(lambda sample: sample.load.p50)
    p99 = figures.median(lambda sample: sample.load.p99)
    foreign = figures.median(lambda sample: sample.foreign)
    return f"{rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, others {max(0, foreign):.0%}"


def _wrong(case: Case, figures: Figures) -> list[str]:
    """What makes the figure meaningless: errors, or not the work that was meant."""
    requests = sum(sample.load.requests for sample in figures.samples) or 1
    asked = sum(sample.asked for sample in figures.samples) / requests
    traced = sum(sample.traced for sample in figures.samples) / requests
    wrong = [f"{count} times {reason}" for reason, count in figures.errors.items()]
    if abs(asked - case.asks) > TOLERATED:
        wrong.append(f"asked the upstream {asked:.2f} times a request")
    if case.beyond and traced < 1 - TOLERATED:
        wrong.append(f"traced {traced:.0%} of the requests")
    return wrong
