"""A real Redis on a free port, which tests stop, hang and fill."""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Self

import redis

if TYPE_CHECKING:
    from types import TracebackType

BINARY = "/usr/bin/redis-server"
START_SECONDS = 10


class RedisServer:
    """Started while it is entered. `options` are redis-server's."""

    def __init__(self, *options: str, password: str | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._options = [*options, *(["--requirepass", password] if password else [])]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port, password=password)
        self._process: subprocess.Popen[bytes] | None = None
        # A replica's first copy goes through a file, whatever `--save` says.
        self._folder = tempfile.TemporaryDirectory()

    def start(self) -> None:
        """Start it, with nothing in it."""
        command = [BINARY, "--port", str(self.port), "--dir", self._folder.name]
        command += ["--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(  # noqa: S603 - ours
            [*command, *self._options], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.client.ping()
            except redis.ConnectionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return

    def stop(self) -> None:
        """End it; its port then refuses connections."""
        self.client.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """Have it answer nothing; connections are still taken by the kernel."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End `hang`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._folder.cleanup()
