"""Keeps the memory of a process that holds secrets to itself."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def keep_memory_private() -> None:
    """Let a crash write no core, and nobody else of the same user read memory and environment.

    Linux only for the latter; root reads everything anywhere.
    """
    with suppress(ImportError, ValueError, OSError):  # Windows; a limit that may not be changed
        import resource  # noqa: PLC0415 - see above

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
