"""What runs on this machine, told over a socket that only its owner can reach.

The socket is in a folder of mode 0700, named after the tree. What is asked for is made when it is
asked for: no token and no key is ever in a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import stat
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import UnreachableError, UsageError
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SECONDS: Final = 5.0
_MOST_BYTES: Final = 1024 * 1024
STATE: Final = "state"
TOKEN: Final = "token"  # noqa: S105 - the name of a question
KEY: Final = "key"


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """A system that `up --keep` runs. `settings` are the plain variables of the service."""

    url: str
    metrics_url: str
    env: str
    settings: Mapping[str, str]
    path: Path
    """Of its socket."""

    def token(self) -> Secret | None:
        """A fresh token, good for 15 minutes; None where the service asks for none.

        Raises:
            UnreachableError: it has ended, or has no key to sign tokens with.
        """
        return self._secret(TOKEN)

    def key(self) -> Secret | None:
        """What signs tokens; None where there is no such key.

        Raises:
            UnreachableError: it has ended.
        """
        return self._secret(KEY)

    def _secret(self, question: str) -> Secret | None:
        answer = _ask(self.path, question)
        if "error" in answer:
            raise UnreachableError(str(answer["error"]))
        value = answer.get("value")
        return None if value is None else Secret(str(value))


def find(root: Path) -> Running | None:
    """What `up --keep` runs for the tree at `root`; None where it runs nothing.

    Raises:
        UsageError: the socket is not ours.
    """
    path = socket_path(root, make=False)
    if not path.exists():
        return None
    try:
        state = _ask(path, STATE)
    except UnreachableError:
        return None
    return Running(
        str(state["url"]), str(state["metrics_url"]), str(state["env"]), state["settings"], path
    )


def socket_path(root: Path, *, make: bool) -> Path:
    """Where the socket for the tree at `root` is; `make` makes its folder.

    Raises:
        UsageError: the folder belongs to somebody else, or others can reach into it.
    """
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    shared = Path(tempfile.gettempdir()) / f"plate-llm-{os.getuid()}"
    folder = Path(given) / "plate-llm" if given and Path(given).is_dir() else shared
    if make:
        folder.mkdir(mode=0o700, exist_ok=True)
    if make or folder.exists():
        _require_ours(folder)
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return folder / f"{name[:16]}.sock"


def _require_ours(folder: Path) -> None:
    facts = folder.lstat()
    mine = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
    if not mine or stat.S_IMODE(facts.st_mode) & 0o077:
        message = f"{folder} is not a folder of yours alone (mode 0700)"
        raise UsageError(message, "remove it, or set XDG_RUNTIME_DIR")


class Teller:
    """Answers at the socket for the tree at `root`, in a thread, until it is closed.

    `answer` gets a question (`STATE`, `TOKEN`, `KEY`) and gives what JSON can hold.

    Raises:
        UsageError: something runs for this tree already.
    """

    def __init__(self, root: Path, answer: Callable[[str], Mapping[str, Any]]) -> None:
        running = find(root)
        if running is not None:
            message = f"{running.env} of this tree runs already, at {running.url}"
            raise UsageError(message, "end it with Ctrl-C where it was started")
        self._answer = answer
        self._path = socket_path(root, make=True)
        self._path.unlink(missing_ok=True)  # of one that was killed: nothing answers there
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more, and take away the socket and its folder, if that is empty."""
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._path.parent.rmdir()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread, which close alone does not
        self._socket.close()
        self._thread.join(_SECONDS)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # it is closed
                return
            with connection, contextlib.suppress(OSError, ValueError):
                connection.settimeout(_SECONDS)
                question = connection.makefile("rb").readline(100).decode().strip()
                connection.sendall(json.dumps(dict(self._answer(question))).encode())


def _ask(path: Path, question: str) -> Mapping[str, Any]:
    """The answer to `question`.

    Raises:
        UnreachableError: there is none.
    """
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_SECONDS)
            connection.connect(str(path))
            connection.sendall(f"{question}\n".encode())
            with connection.makefile("rb") as answer:
                found = json.loads(answer.read(_MOST_BYTES))
    except (OSError, ValueError):
        raise UnreachableError("what ran on this machine has ended") from None
    return found if isinstance(found, dict) else {}
