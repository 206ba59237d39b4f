"""What `up --keep` runs on this machine, as it tells over a socket that only its owner can reach.

The socket is in a folder of mode 0700, named after the tree. No token and no key is in any file.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import UnreachableError, UsageError
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS: Final = 5.0
_MOST_BYTES: Final = 1024 * 1024
_LONGEST: Final = 103
"""Bytes of a socket's path: what macOS takes; Linux takes 107."""
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
        UsageError: the folder belongs to somebody else, others can reach into it, or its path is
            too long for a socket.
    """
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    shared = Path(tempfile.gettempdir()) / f"plate-llm-{os.getuid()}"
    folder = Path(given) / "plate-llm" if given and Path(given).is_dir() else shared
    try:
        if make:
            folder.mkdir(mode=0o700, exist_ok=True)
        if make or folder.exists():
            _require_ours(folder)
    except OSError as error:
        message = f"{folder} cannot be used: {(error.strerror or 'it is no folder').lower()}"
        raise UsageError(message, "set XDG_RUNTIME_DIR to a folder of yours") from None
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    path = folder / f"{name[:16]}.sock"
    if len(os.fsencode(path)) > _LONGEST:
        message = f"{folder} has too long a path for a socket in it"
        raise UsageError(message, "set XDG_RUNTIME_DIR to a folder with a shorter one")
    return path


def _require_ours(folder: Path) -> None:
    facts = folder.lstat()
    mine = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
    if not mine or stat.S_IMODE(facts.st_mode) & 0o077:
        message = f"{folder} is not a folder of yours alone (mode 0700)"
        raise UsageError(message, "remove it, or set XDG_RUNTIME_DIR")


def refuse_second(root: Path) -> None:
    """Refuse to go on while something runs for the tree at `root`.

    Raises:
        UsageError: it does.
    """
    running = find(root)
    if running is not None:
        message = f"{running.env} of this tree runs already, at {running.url}"
        raise UsageError(message, "end it with Ctrl-C where it was started, or leave out --keep")


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
