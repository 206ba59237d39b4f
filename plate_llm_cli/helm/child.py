"""The parent's side of one worker process: start it, talk to it, end it."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.scratch import scratch_file
from plate_llm_cli.helm.worker import read_frame

if TYPE_CHECKING:
    Arrivals = queue.SimpleQueue[tuple["Child", dict[str, Any] | None, float]]
    """What the children said: who, the message (None at its end), and when."""

MEMORY_MB = 512
"""What a worker may use. A template that calls itself by `tpl` needs a second to fill it; with
Go's own limit of a gigabyte of stack, that takes half a minute."""

_PROGRAM = (
    "import sys; sys.path += sys.argv[2:]; "
    "from plate_llm_cli.helm.worker import main; main(int(sys.argv[1]))"
)
"""Imports the worker rather than running its file, which Python would compile at each start."""

GO_SETTINGS = {"GOGC": "400", "GOMEMLIMIT": "256MiB"}
"""Helm leaves much garbage and keeps little: collecting it less often saves a quarter of the
time for 20 MiB."""

_NOWHERE = "http://127.0.0.1:9"
NO_NETWORK = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
}
"""A chart's schema may refer to a URL, which Helm would fetch: requests go to a proxy that is not
there. Port 9 is that of the discard service, RFC 863."""

_STDERR_BYTES = 64 * 1024


class Child:
    """One process with Helm in it. A thread puts its messages into `arrivals`."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._stderr = scratch_file()  # a pipe could fill up; the worker empties a file
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(MEMORY_MB), *_folders()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, **GO_SETTINGS, **NO_NETWORK},
        )
        self._stdin = _pipe(self._process.stdin)
        self._stdout = _pipe(self._process.stdout)
        self._thread = threading.Thread(target=self._read, args=(arrivals,), daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> bool:
        """Write one frame. False when the process is gone."""
        try:
            self._stdin.write(data)
            self._stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    @property
    def alive(self) -> bool:
        """False once the process has ended."""
        return self._process.poll() is None

    def kill(self) -> str:
        """End the process; gives the beginning of what it wrote to stderr. For calling once."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        self._stderr.seek(0)
        written = self._stderr.read(_STDERR_BYTES).decode(errors="replace")
        for stream in (self._stdin, self._stdout, self._stderr):
            with contextlib.suppress(OSError):  # what could not be flushed was for a dead process
                stream.close()
        return written

    def _read(self, arrivals: Arrivals) -> None:
        message: dict[str, Any] | None = {}
        while message is not None:
            message = read_frame(self._stdout)
            arrivals.put((self, message, time.monotonic()))


class BegunChild:
    """A child that loads Helm before there is an engine to use it."""

    def __init__(self) -> None:
        self.arrivals: Arrivals = queue.SimpleQueue()
        self.child = Child(self.arrivals)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - asked for as a pipe
    return stream


def _folders() -> list[str]:
    """Where the worker finds the binding and this package."""
    spec = find_spec("helm_python")
    if spec is None or spec.origin is None:
        raise EngineError(
            "helm-python-sdk is not installed",
            "Install it for this system, or use the helm binary: `--engine helm`.",
        )
    return list(dict.fromkeys([str(Path(__file__).parents[2]), str(Path(spec.origin).parents[1])]))
