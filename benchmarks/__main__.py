"""One command, one table: `python -m benchmarks [--runs N] [--write] [CASE ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import CASES, Bench, find_helm
from benchmarks.secrets import plan_paths, seed_paths
from benchmarks.trees import REPOSITORY

if TYPE_CHECKING:
    from benchmarks.cases import Row

ALL = (*CASES, seed_paths, plan_paths)
RECORD = REPOSITORY / "docs" / "benchmarks.md"
INTRODUCTION = """\
# Benchmarks

Written by `nox -s bench -- --write`. Ours against the real `helm` binary and the tools that people
run beside it, on one machine and in one run: each number is the median of several runs, taken in
turns after a warm-up. Read the ratios; the times belong to the machine.
"""


def main() -> None:
    """Run the cases, print the table, and write it down if asked to."""
    arguments = parse()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), arguments.runs, find_helm())
        rows = []
        for case in ALL:
            if arguments.cases and case.__name__ not in arguments.cases:
                continue
            print(f"... {case.__name__}", file=sys.stderr)
            rows.append(case(bench))
        page = table(rows) + "\n" + machine(bench)
    print(page)
    if arguments.write:
        RECORD.write_text(f"{INTRODUCTION}\n{page}", "utf-8")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [case.__name__ for case in ALL]
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"one of: {', '.join(names)}")
    parser.add_argument("--runs", type=int, default=9, help="runs of each command (default 9)")
    parser.add_argument("--write", action="store_true", help=f"write {RECORD.name}")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.cases) - set(names))
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    if arguments.write and arguments.cases:
        parser.error("--write records all cases together")
    return arguments


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| case | ours | peer | ratio | target | held |", "|---|---|---|---|---|---|"]
    for row in rows:
        held = "yes" if row.held else "**no**"
        lines.append(
            f"| {row.case} | {row.ours} | {row.peer} | {row.ratio} | {row.target} | {held} |"
        )
    return "\n".join(lines) + "\n"


def machine(bench: Bench) -> str:
    """What it ran on."""
    version = [str(bench.helm), "version", "--short"]
    helm = subprocess.run(version, capture_output=True, text=True, check=True).stdout.strip()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"Python {platform.python_version()}, helm {helm}, {system}, {bench.runs} runs.\n"


if __name__ == "__main__":
    main()
