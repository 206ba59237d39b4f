"""One command, one table: `python -m benchmarks.service`.

Linux, two cores: the server has the first, the upstream and the load have the second.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from benchmarks.service.cases import CASES, LIFETIMES, NAMES
from benchmarks.service.families import measure_family
from benchmarks.service.lab import open_lab, pin_to_load_core
from benchmarks.service.lifetimes import Effort, measure_lifetime
from benchmarks.service.rows import table
from benchmarks.trees import REPOSITORY

if TYPE_CHECKING:
    from benchmarks.service.rows import Row

RECORD = REPOSITORY / "docs" / "benchmarks-service.md"
QUICK = 0.4
"""Of the length of a run."""
INTRODUCTION = """\
# Benchmarks of the service

Written by `nox -s bench_service -- --write`. The service and the gateways that people use today,
one process on one core each; upstream and load on the other core, Redis there, too. CPU time is
the server's, user and system, for each request (each token, where the answer is a stream); the
ratio is to a bare pass-through of Starlette and aiohttp in the same run. Each number is the median
of several runs, taken in turns after a warm-up; a run that other processes disturbed is done
again. "Everything on" is a JWT, limits of requests and tokens and the cache in Redis, metrics, and
a line of log for each request. Read the ratios; the times belong to the machine.
"""


def main() -> None:
    """Run the cases, print the table, and write it down if asked to."""
    arguments = parse()
    pin_to_load_core()
    with tempfile.TemporaryDirectory() as folder:
        rows = uvloop.run(measure(Path(folder), arguments))
    page = table(rows) + "\n" + machine(arguments)
    print(page)
    if arguments.write:
        RECORD.write_text(f"{INTRODUCTION}\n{page}", "utf-8")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each case (default 5)")
    parser.add_argument("--quick", action="store_true", help="short runs, to see that all works")
    parser.add_argument("--only", default="", metavar="CASE,...", help=f"of {', '.join(NAMES)}")
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="PATH",
        help="the interpreter that runs the servers; it has locks/service.txt (default: this one)",
    )
    parser.add_argument("--soak", type=float, default=1, metavar="MINUTES", help="of load (1)")
    parser.add_argument("--write", action="store_true", help=f"write {RECORD.name}")
    arguments = parser.parse_args()
    arguments.only = tuple(filter(None, arguments.only.split(",")))
    unknown = sorted(set(arguments.only) - set(NAMES))
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    if arguments.write and (arguments.only or arguments.quick):
        parser.error("--write records all cases together, at full length")
    return arguments


async def measure(folder: Path, arguments: argparse.Namespace) -> list[Row]:
    """All rows that were asked for."""
    wanted = arguments.only or NAMES
    cases = [case for case in CASES if case.name in wanted]
    rows: list[Row] = []
    async with open_lab(folder, arguments.python) as lab:
        for _, family in groupby(cases, lambda case: case.work.family):
            share = QUICK if arguments.quick else 1
            rows += await measure_family(lab, list(family), arguments.runs, share)
        for lifetime in LIFETIMES:
            if lifetime.name in wanted:
                rows += await measure_lifetime(lab, lifetime, effort(arguments))
    return rows


def effort(arguments: argparse.Namespace) -> Effort:
    """How long the lifetimes take."""
    if arguments.quick:
        return Effort(starts=2, load_seconds=12, cancelled_streams=600)
    return Effort(starts=arguments.runs, load_seconds=arguments.soak * 60)


def machine(arguments: argparse.Namespace) -> str:
    """What it ran on."""
    version = [arguments.python, "--version"]
    python = subprocess.run(version, capture_output=True, text=True, check=True).stdout.strip()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{python} for the servers, {system}, {arguments.runs} runs.\n"


if __name__ == "__main__":
    main()
