"""One run of one work against one server, and many of them in turns."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.service.lab import LOAD_CORE, SERVER_CORE
from benchmarks.service.load import load
from benchmarks.service.machine import busy_seconds, cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.service.lab import Lab, Running
    from benchmarks.service.load import Load
    from benchmarks.service.works import Work

QUIET_SERVER_CORE = 0.06
QUIET_LOAD_CORE = 0.15
"""The share of a core that others may take; above it a run is done again."""
TRIES = 3
PAUSE_SECONDS = 2
WARM_UP = 1.0
"""Of a run's length."""

Subject = tuple["Running", "Work"]
"""Who is measured at what."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run. `foreign` is the share of the server's core that others took.

    `asked` is how often the upstream was asked, `traced` how many runs the trace sink was sent.
    """

    load: Load
    cpu_seconds: float
    foreign: float
    foreign_load: float
    asked: int
    traced: int

    @property
    def quiet(self) -> bool:
        """Nobody disturbed it much."""
        return self.foreign < QUIET_SERVER_CORE and self.foreign_load < QUIET_LOAD_CORE

    @property
    def cpu_microseconds(self) -> float:
        """CPU time of the server for each token, or for each request where nothing streamed."""
        return self.cpu_seconds * 1e6 / max(1, self.load.tokens or self.load.requests)


@dataclass(frozen=True, slots=True)
class Figures:
    """The medians of several runs."""

    samples: tuple[Sample, ...]

    def median(self, figure: Callable[[Sample], float]) -> float:
        """The median of one figure."""
        return statistics.median(figure(sample) for sample in self.samples)

    @property
    def cpu(self) -> float:
        """Microseconds a request, or a token."""
        return self.median(lambda sample: sample.cpu_microseconds)

    @property
    def errors(self) -> dict[str, int]:
        """What went wrong in all runs."""
        total: dict[str, int] = {}
        for sample in self.samples:
            for reason, count in sample.load.errors.items():
                total[reason] = total.get(reason, 0) + count
        return total


class Clocks:
    """What the servers and this side of the bench have used so far."""

    def __init__(self, servers: Sequence[Running]) -> None:
        self.at = time.perf_counter()
        self.cpu = {one.pid: cpu_seconds(one.pid) for one in servers if one.pid}
        # The servers are below this process, too, but not on its core.
        self.own_load = cpu_seconds(os.getpid()) - sum(self.cpu.values())
        self.busy = busy_seconds(SERVER_CORE)
        self.busy_load = busy_seconds(LOAD_CORE)


async def run_once(lab: Lab, subject: Subject, servers: Sequence[Running], share: float) -> Sample:
    """Run the subject's work against its server, while `servers` (it is one of them) are up."""
    running, work = subject
    await lab.control(work.upstream)
    target = work.target(running.server, running.port, running.headers)
    asked, traced = await lab.requests_seen(), lab.sink.runs
    before = Clocks(servers)
    done = await load(target, work.plan(share))
    if lab.sink.runs > traced:
        await lab.sink.until_quiet()  # sending traces is part of the work
    after = Clocks(servers)
    wall = after.at - before.at
    used = {pid: after.cpu[pid] - before.cpu[pid] for pid in after.cpu}
    foreign = after.busy - before.busy - sum(used.values())
    foreign_load = after.busy_load - before.busy_load - (after.own_load - before.own_load)
    return Sample(
        done,
        used.get(running.pid, 0.0),
        foreign / wall,
        foreign_load / wall,
        await lab.requests_seen() - asked,
        lab.sink.runs - traced,
    )


async def run_quietly(
    lab: Lab, subject: Subject, servers: Sequence[Running], share: float
) -> Sample:
    """The first run that nobody disturbed, or the quietest of a few."""
    samples = []
    for _ in range(TRIES):
        samples.append(await run_once(lab, subject, servers, share))
        if samples[-1].quiet:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return min(samples, key=lambda sample: (not sample.quiet, sample.foreign))


async def in_turns(
    lab: Lab, subjects: Mapping[str, Subject], rounds: int, share: float = 1
) -> dict[str, Figures]:
    """`rounds` runs of each subject, in turns, so that a busy minute hits all of them alike.

    `share` shortens each run.
    """
    servers = list({running.port: running for running, _ in subjects.values()}.values())
    for subject in subjects.values():
        await run_once(lab, subject, servers, share * WARM_UP)
    samples: dict[str, list[Sample]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name, subject in subjects.items():
            sample = await run_quietly(lab, subject, servers, share)
            samples[name].append(sample)
            progress(f"{number + 1}/{rounds} {name}: {sample.cpu_microseconds:.1f} us CPU")
    return {name: Figures(tuple(taken)) for name, taken in samples.items()}


def progress(text: str) -> None:
    """Say how far it is, beside the table."""
    print(f"... {text}", file=sys.stderr, flush=True)
