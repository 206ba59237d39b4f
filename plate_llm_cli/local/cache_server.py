"""A cache of our own, as plate-cache: Redis or Valkey, in memory, on the loopback."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from plate_llm_cli.errors import UnreachableError
from plate_llm_cli.local.ports import LOOPBACK, free_port, is_taken
from plate_llm_cli.local.processes import Process

_NAMES: Final = ("valkey-server", "redis-server")
_MEMORY: Final = "64mb"
_START_SECONDS: Final = 10.0


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
        wrong = self.process.until(lambda: is_taken(self._port), _START_SECONDS)
        if wrong:
            raise UnreachableError(f"{self.name} {wrong}")
