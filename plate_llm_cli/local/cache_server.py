"""A cache of our own, as plate-cache: Redis or Valkey, in memory, on the loopback."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path
from typing import Final

from plate_llm_cli.errors import UnreachableError
from plate_llm_cli.local.ports import LOOPBACK, free_port
from plate_llm_cli.local.processes import Process, ending

_NAMES: Final = ("valkey-server", "redis-server")
_MEMORY: Final = "64mb"
_START_SECONDS: Final = 10.0
_PAUSE: Final = 0.02


def find_binary(path: str) -> str:
    """The first server that is on `path`, or ''."""
    return next((found for name in _NAMES if (found := shutil.which(name, path=path))), "")


class CacheServer:
    """A server that writes nothing to any disk.

    Raises:
        UnreachableError: it cannot be started.
    """

    def __init__(self, binary: str, path: str) -> None:
        self.name = Path(binary).name
        self._port = free_port()
        arguments = [binary, "--port", str(self._port), "--bind", LOOPBACK, "--save", ""]
        arguments += ["--appendonly", "no", "--maxmemory", _MEMORY]
        arguments += ["--maxmemory-policy", "allkeys-lru", "--databases", "1"]
        try:
            self.process = Process(arguments, {"PATH": path}, Path("/"))
        except OSError as error:
            raise UnreachableError(f"{binary} cannot be started: {error.strerror}") from None

    @property
    def url(self) -> str:
        """What CACHE_URL has to be."""
        return f"redis://{LOOPBACK}:{self._port}/0"

    def wait(self) -> None:
        """Wait until it can be connected to.

        Raises:
            UnreachableError: it has ended, or does not get ready in time.
        """
        end = time.monotonic() + _START_SECONDS
        while not self._listens():
            code = self.process.code
            if code is not None:
                raise UnreachableError(f"{self.name} ended at its start ({ending(code)})")
            if time.monotonic() > end:
                raise UnreachableError(f"{self.name} was not ready after {_START_SECONDS:.0f} s")
            time.sleep(_PAUSE)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, self._port)) == 0
