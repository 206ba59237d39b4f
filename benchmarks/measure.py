"""Runs pipelines of processes: time, CPU time, and the memory of the whole process tree."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLL_SECONDS = 0.002

# As on a person's machine: modules are compiled once, not for every start.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED"}
}


@dataclass(frozen=True, slots=True)
class Command:
    """One process: its arguments, where stdout goes, and the exit codes that count as done."""

    arguments: tuple[str, ...]
    stdout: Path | None = None
    accepted: tuple[int, ...] = (0,)


Pipeline = tuple[Command, ...]
"""Commands that run one after the other."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run of a pipeline took, in seconds; `cpu` includes children that were waited for."""

    wall: float
    cpu: float


class CommandFailedError(RuntimeError):
    """A command ended with an exit code that was not expected: its time would mean nothing."""


def run(pipeline: Pipeline) -> Sample:
    """Run `pipeline` once. Raises `CommandFailedError`."""
    started, cpu = time.perf_counter(), 0.0
    for command in pipeline:
        with _open(command) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        _check(command, process.returncode)
        cpu += usage.ru_utime + usage.ru_stime
    return Sample(time.perf_counter() - started, cpu)


def medians(subjects: Mapping[str, Pipeline], runs: int) -> dict[str, Sample]:
    """The median of `runs` runs of each subject, taken in turns after one that does not count.

    In turns, so that a busy minute of the machine hits all of them alike.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in subjects}
    for round_number in range(runs + 1):
        for name, pipeline in subjects.items():
            sample = run(pipeline)
            if round_number:
                samples[name].append(sample)
    return {
        name: Sample(
            statistics.median(sample.wall for sample in taken),
            statistics.median(sample.cpu for sample in taken),
        )
        for name, taken in samples.items()
    }


def peak_memory(command: Command) -> int:
    """The most resident memory in bytes that the process and all below it held at one time.

    Reads /proc, so Linux only. Pages that two of the processes share are counted in each.
    """
    peak = 0
    with _open(command) as process:
        while process.poll() is None:
            peak = max(peak, sum(_resident(pid) for pid in family(process.pid)))
            time.sleep(POLL_SECONDS)
    _check(command, process.returncode)
    return peak


def _open(command: Command) -> subprocess.Popen[bytes]:
    with (command.stdout or Path(os.devnull)).open("wb") as target:
        return subprocess.Popen(
            command.arguments, stdout=target, stderr=subprocess.DEVNULL, env=ENVIRONMENT
        )


def _check(command: Command, code: int | None) -> None:
    if code not in command.accepted:
        raise CommandFailedError(f"exit code {code}: {' '.join(command.arguments)}")


def family(pid: int) -> Sequence[int]:
    """`pid` and everything below it, as far as it is still there."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
