"""How soon a server is ready, and what memory it holds when idle, after load, after streams."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.service.lab import SERVER_CORE, started
from benchmarks.service.load import Plan, load
from benchmarks.service.machine import busy_seconds, memory_mebibytes
from benchmarks.service.rows import Row
from benchmarks.service.runs import QUIET_SERVER_CORE, TRIES, progress
from benchmarks.service.works import ENDLESS, SHORT

if TYPE_CHECKING:
    from benchmarks.service.cases import Lifetime
    from benchmarks.service.lab import Lab, Running
    from benchmarks.service.works import Work

SETTLE_SECONDS = 2
SLICES = 6
"""A load is measured in so many parts; memory after the first is what the last is held against."""
FLAT = 1.05
"""How much more memory than after the first part still counts as flat."""
LEAVE_AFTER_TOKENS = 3


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how often."""

    starts: int = 5
    load_seconds: float = 60
    cancelled_streams: int = 10_000


async def measure_lifetime(lab: Lab, case: Lifetime, effort: Effort) -> list[Row]:
    """The rows of one server's life."""
    try:
        ready = await _starts(lab, case, effort.starts)
        async with started(lab, case.server) as running:
            return [_ready_row(case, ready), *await _memory_rows(lab, case, running, effort)]
    except (OSError, RuntimeError) as problem:
        progress(f"{case.name}: {problem}")
        return [Row(case.name, case.server.title, "does not start", held=False)]


@dataclass(frozen=True, slots=True)
class _Start:
    """Seconds until the server was ready, and its CPU time until then."""

    ready: float
    cpu: float
    foreign: float
    """The share of the server's core that others took."""


async def _starts(lab: Lab, case: Lifetime, count: int) -> list[_Start]:
    """The first start compiles modules, and does not count."""
    await _start(lab, case)
    return [await _start_quietly(lab, case) for _ in range(count)]


async def _start_quietly(lab: Lab, case: Lifetime) -> _Start:
    tried = []
    for _ in range(TRIES):
        tried.append(await _start(lab, case))
        if tried[-1].foreign < QUIET_SERVER_CORE:
            break
    return min(tried, key=lambda start: start.foreign)


async def _start(lab: Lab, case: Lifetime) -> _Start:
    busy, began = busy_seconds(SERVER_CORE), time.perf_counter()
    async with started(lab, case.server) as running:
        used = busy_seconds(SERVER_CORE) - busy - running.ready_cpu_seconds
        wall = time.perf_counter() - began
        return _Start(running.ready_seconds, running.ready_cpu_seconds, max(0.0, used / wall))


def _ready_row(case: Lifetime, taken: list[_Start]) -> Row:
    median = statistics.median(start.ready for start in taken)
    cpu = statistics.median(start.cpu for start in taken)
    foreign = statistics.median(start.foreign for start in taken)
    return Row(
        f"{case.name}, start to ready",
        case.server.title,
        f"{median:.2f} s",
        goal=f"at most {case.ready_seconds:g} s",
        held=median <= case.ready_seconds,
        beside=f"{cpu:.2f} s CPU, others {foreign:.0%}",
    )


async def _memory_rows(lab: Lab, case: Lifetime, running: Running, effort: Effort) -> list[Row]:
    await asyncio.sleep(SETTLE_SECONDS)
    idle = memory_mebibytes(running.pid)
    under_load = await _memory_under_load(lab, running, effort.load_seconds)
    cancelled = await _memory_after_cancelled(lab, running, effort.cancelled_streams)
    asked = await lab.ask_upstream("GET", "/_stats")
    left = f"{asked['in_flight']} of them still open at the upstream"
    minutes = f"{effort.load_seconds / 60:g} min of load"
    streams = f"{effort.cancelled_streams:,} cancelled streams"
    idle_row = Row(
        f"{case.name}, memory idle",
        case.server.title,
        f"{idle:.0f} MiB",
        goal=f"at most {case.idle_mebibytes:g} MiB",
        held=idle <= case.idle_mebibytes,
    )
    return [
        idle_row,
        _flat_row(case, minutes, under_load),
        _flat_row(case, streams, cancelled, left, asked["in_flight"] == 0),
    ]


async def _memory_under_load(lab: Lab, running: Running, seconds: float) -> list[float]:
    await lab.control(SHORT.upstream)
    plan = Plan(SHORT.connections, seconds=seconds / SLICES)
    return [await _memory_after(running, SHORT, plan) for _ in range(SLICES)]


async def _memory_after_cancelled(lab: Lab, running: Running, streams: int) -> list[float]:
    await lab.control(ENDLESS.upstream)
    plan = Plan(ENDLESS.connections, total=streams // SLICES, leave_after=LEAVE_AFTER_TOKENS)
    return [await _memory_after(running, ENDLESS, plan) for _ in range(SLICES)]


async def _memory_after(running: Running, work: Work, plan: Plan) -> float:
    done = await load(work.target(running.server, running.port, running.headers), plan)
    await asyncio.sleep(SETTLE_SECONDS)
    mebibytes = memory_mebibytes(running.pid)
    progress(f"{running.server.name}: {done.requests} of {work.name}, {mebibytes:.1f} MiB")
    if done.errors:
        raise RuntimeError(f"{running.server.name}: {done.errors}")
    return mebibytes


def _flat_row(
    case: Lifetime, after: str, memory: list[float], beside: str = "", clean: bool = True
) -> Row:
    growth = memory[-1] / memory[0]
    return Row(
        f"{case.name}, memory after {after}",
        case.server.title,
        " ".join(f"{mebibytes:.0f}" for mebibytes in memory) + " MiB",
        ratio=f"{growth:.3f} of the first",
        goal=f"flat: at most {FLAT}",
        held=growth <= FLAT and clean,
        beside=beside,
    )
