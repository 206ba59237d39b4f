"""Tells other commands on this machine what runs, and gives them tokens. See `running`."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.local.running import KEY, STATE, TOKEN, refuse_second, socket_path
from plate_llm_cli.local.signing import person_token
from plate_llm_cli.smoke.check import EndedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Self

    from plate_llm_cli.local.service import Ports
    from plate_llm_cli.secrets.values.secret import Secret
    from plate_llm_cli.smoke.expectations import Expectations

_SECONDS: Final = 5.0
_MOST_BYTES: Final = 100
"""Of a question."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What there is to tell. `key` signs tokens; None where the service has no such key."""

    env: str
    ports: Ports
    expected: Expectations
    key: Secret | None

    def answer(self, question: str) -> Mapping[str, Any]:
        """What JSON can hold; {} for a question that nobody asks."""
        if question == STATE:
            return {
                "url": self.ports.url,
                "metrics_url": self.ports.metrics_url,
                "env": self.env,
                "settings": dict(self.expected.settings),
            }
        if question == KEY and self.key is not None:
            return {"value": self.key.reveal()}
        if question != TOKEN or not self.expected.asks_for_tokens:
            return {}
        if self.key is None:
            return {"error": "the service has no AUTH_JWT_SECRET to sign tokens with"}
        try:  # made when it is asked for, so that none lies about
            return {"value": person_token(self.expected, self.key).reveal()}
        except EndedError as ended:
            return {"error": ended.outcome.said}


class Teller:
    """Answers at the socket for the tree at `root`, in a thread, until `with` is left.

    Raises:
        UsageError: something runs for this tree already.
    """

    def __init__(self, root: Path, known: Known) -> None:
        refuse_second(root)
        self._known = known
        self._path = socket_path(root, make=True)
        self._path.unlink(missing_ok=True)  # of one that was killed: nothing answers there
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
                with connection.makefile("rb") as stream:
                    question = stream.readline(_MOST_BYTES).decode().strip()
                connection.sendall(json.dumps(dict(self._known.answer(question))).encode())
