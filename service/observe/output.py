"""Writes whole lines to standard output without making the event loop wait for their reader."""

from __future__ import annotations

import atexit
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CAPACITY = 4 * 2**20
"""Bytes that wait for a reader who is slow; what comes when they are there is dropped."""
GATHER_SECONDS = 0.02
"""How long lines are gathered. A process that is killed loses what it wrote in this time."""
EXIT_SECONDS = 1.0
"""How long a process that ends waits for the reader."""


class Output:
    """Lines in order, gathered and written by a thread of its own.

    A write for each line costs 13 us where a process reads the other end, as it wakes it each
    time; gathered, a line costs below 1 us. A reader who stops reading stops the thread alone.
    """

    def __init__(self, descriptor: int = 1, notice: Callable[[int], bytes] | None = None) -> None:
        """`notice` makes the line that says how many were dropped, once there is room again."""
        self._descriptor = descriptor
        self._notice = notice
        self._condition = threading.Condition()
        self._lines: list[bytes] = []
        self._waiting_bytes = 0
        self._urgent = False
        self._writing = False
        self._closed = False
        self._unreported = 0
        self.dropped = 0
        """Lines that never reached the reader."""
        threading.Thread(target=self._run, name="log", daemon=True).start()
        atexit.register(self.close)

    def write(self, line: bytes) -> None:
        """Take a line with its end. Never waits; any thread may call it."""
        with self._condition:
            if self._closed or self._waiting_bytes + len(line) > CAPACITY:
                self.dropped += 1
                self._unreported += 1
                return
            self._waiting_bytes += len(line)
            self._lines.append(line)
            if len(self._lines) == 1:
                self._condition.notify_all()

    def flush(self, timeout: float) -> bool:
        """Have everything written now; False when that took longer than so many seconds."""
        with self._condition:
            self._urgent = True
            self._condition.notify_all()
            done = self._condition.wait_for(self._is_idle, timeout)
            self._urgent = self._closed
        return done

    def close(self, timeout: float = EXIT_SECONDS) -> bool:
        """Have everything written and take nothing more; False when it took too long."""
        atexit.unregister(self.close)
        self._closed = True
        return self.flush(timeout)

    def _is_idle(self) -> bool:
        return not self._lines and not self._writing

    def _run(self) -> None:
        while lines := self._next_lines():
            written = self._write_all(b"".join(lines))
            with self._condition:
                self._writing = False
                if not written:
                    self.dropped += len(lines)
                self._condition.notify_all()

    def _next_lines(self) -> list[bytes]:
        """Those that have been gathered; none when there will be no more."""
        with self._condition:
            self._condition.wait_for(lambda: self._lines or self._closed)
            self._condition.wait_for(lambda: self._urgent, GATHER_SECONDS)
            lines, self._lines = self._lines, []
            self._waiting_bytes = 0
            self._writing = bool(lines)
            if lines and self._unreported and self._notice is not None:
                lines.append(self._notice(self._unreported))
                self._unreported = 0
            return lines

    def _write_all(self, content: bytes) -> bool:
        """Whether it went out; a closed pipe or a full disk is not worth the process."""
        remaining = memoryview(content)
        while remaining:
            try:
                remaining = remaining[os.write(self._descriptor, remaining) :]
            except BlockingIOError:
                # Whoever shares the descriptor has made it non-blocking.
                time.sleep(GATHER_SECONDS)
            except OSError:
                return False
        return True
