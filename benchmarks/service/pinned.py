"""`python pinned.py CORE COMMAND...`: becomes COMMAND, on one core.

It ends when the process that started it does, so that a benchmark that is broken off leaves no
server behind.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h; it outlives execve


def main() -> None:
    """Pin, then become the command."""
    core, *command = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
