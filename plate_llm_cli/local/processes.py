"""Programs that end with us, whatever happens to us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_MOST_LINES: Final = 200
_MOST_CHARACTERS: Final = 16 * 1024
"""Of a line that is kept; a program may write one without end."""
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
_PAUSE: Final = 0.02
"""Seconds between two looks whether a program is ready."""
_PR_SET_PDEATHSIG: Final = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
"""Looked up before a fork: afterwards a thread that is gone may hold the loader's lock."""


def ending(code: int) -> str:
    """How a program ended: `exit code 1`, `SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _ends_with(parent: int) -> Callable[[], None]:
    """What a child does before it becomes the program: it asks to be killed when we are gone.

    Linux does that, even after `kill -9` of ours. Elsewhere only what we do at our end is done.
    """

    def ask() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # gone before it was asked
                os._exit(1)

    return ask


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Let signals come after a fork: Python drops what their handlers raise in its hooks."""
    caught: list[int] = []
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    ours = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in ours:
        signal.signal(number, lambda number, _frame: caught.append(number))
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)
        for number in caught:
            os.kill(os.getpid(), number)


class Process:
    """A running program. It has to be started by the main thread: Linux ends it with its thread.

    A session of its own keeps Ctrl-C of the terminal from it: we say when it ends. What it writes
    is always read, the last lines are kept, and `heard` gets each as it comes, in another thread.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        heard: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._heard = heard
        with _signals_wait():
            self._process = subprocess.Popen(  # noqa: S603 - no shell; callers name the program
                list(arguments),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_ends_with(os.getpid()),  # noqa: PLW1509 - two calls, looked up before
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """Its exit code, once it has ended; None where it runs on after `seconds`."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(seconds)
        return code

    def until(self, ready: Callable[[], bool], seconds: float) -> str:
        """Wait for `ready`, for `seconds` at most; what came in between, '' where nothing did."""
        end = time.monotonic() + seconds
        while not ready():
            code = self.code
            if code is not None:
                return f"ended at its start ({ending(code)})"
            if time.monotonic() > end:
                return f"was not ready after {seconds:.0f} s"
            time.sleep(_PAUSE)
        return ""

    def stop(self, grace: float = 0) -> None:
        """End it: kindly where there is `grace` in seconds, and at once after that."""
        try:
            if grace:
                self._send(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(grace)
        finally:
            self._send(signal.SIGKILL)
            self._process.wait()
            self._reader.join()

    def _send(self, number: int) -> None:
        """To its whole session, so that what it has started ends as well."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - it is a pipe, see above
        with stream:
            while line := stream.readline(_MOST_CHARACTERS):
                text = line.decode("utf-8", "replace").rstrip("\n")
                self.lines.append(text)
                self._heard(text)
