"""The command on a terminal of its own, and a person who answers what it asks."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import termios
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DEADLINE_SECONDS = 30

Answers = tuple[tuple[bytes, bytes | Callable[[], bytes]], ...]
"""What the last line shown ends with, and what is typed then; a function may do more before."""


def talk(
    arguments: Sequence[str],
    answers: Answers = (),
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a program with `answers` in turn; its exit code and everything that was shown."""
    terminal, side = pty.openpty()
    # Not pty.fork, which Python warns of where there are threads.
    process = subprocess.Popen(  # noqa: S603 - a test's own
        arguments,
        stdin=side,
        stdout=side,
        stderr=side,
        cwd=folder,
        env=environ,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(side, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call
    )
    os.close(side)
    shown, pending, deadline = b"", list(answers), time.monotonic() + DEADLINE_SECONDS
    try:
        while True:
            assert time.monotonic() < deadline, shown
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # Linux: the other side has ended
                break
            if pending and shown.endswith(pending[0][0]):
                _, typed = pending.pop(0)
                os.write(terminal, typed() if callable(typed) else typed)
    finally:
        os.close(terminal)
        code = process.wait(DEADLINE_SECONDS)
    return code, shown.decode("utf-8", "replace").replace("\r\n", "\n")
