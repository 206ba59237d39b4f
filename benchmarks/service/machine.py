"""What the kernel says of processes and cores: CPU time and memory. Linux only."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from benchmarks.measure import family

TICKS = os.sysconf("SC_CLK_TCK")
KIBIBYTES_PER_MEBIBYTE = 1024


def cpu_seconds(pid: int) -> float:
    """CPU time of `pid` and all below it, user and system, all threads."""
    return sum(_own_cpu_seconds(member) for member in family(pid))


def _own_cpu_seconds(pid: int) -> float:
    with suppress(OSError):
        # The name of the program may hold spaces; fields are counted from the bracket after it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def busy_seconds(core: int) -> float:
    """How long `core` worked since the machine started, interrupts included."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
            return (user + nice + system + irq + softirq + steal) / TICKS
    raise LookupError(f"there is no core {core}")


def memory_mebibytes(pid: int) -> float:
    """Memory of `pid` and all below it; a page that several share counts in parts (PSS)."""
    kibibytes = 0
    for member in family(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kibibytes += int(line.split()[1])
    return kibibytes / KIBIBYTES_PER_MEBIBYTE
