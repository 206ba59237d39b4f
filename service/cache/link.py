"""A connection to plate-cache (Redis or Valkey) that no request ever waits for.

It is made in the background, tried with a command like those to come, and made again after a
pause when it fails. Whoever finds it down does without at once.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from typing import TYPE_CHECKING, Any, TypeVar

from redis.asyncio import Connection
from redis.asyncio.connection import parse_url
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004 - the library's name for it
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import TimeoutError as RedisTimeoutError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    Command = Sequence[bytes | int]

logger = logging.getLogger(__name__)

T = TypeVar("T")

CONNECT_SECONDS = 1.0
"""For a name, TCP, TLS and a password together. Nobody waits for it."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
CALM_SECONDS = 30.0
CALM_ANSWERS = 100
"""A failure that comes this long after the last one, or after so many answers, is a first one."""

FAILURES = (RedisError, OSError)

_PLACE = frozenset({"host", "port", "path", "db", "username", "password", "client_name"})
"""What is taken from the URL, with all that begins with `ssl_`. The rest is about pools."""

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "is too slow"),
    (RedisTimeoutError, "is too slow"),
    (AuthenticationError, "wants another password or user"),
    (AuthorizationError, "wants another password or user"),
    (NoPermissionError, "does not let this user do it"),
    (BusyLoadingError, "is loading its data"),
    (OutOfMemoryError, "is full and evicts nothing"),
    (ReadOnlyError, "is a replica that cannot be written to"),
    (ResponseError, "refuses a command"),
    (ConnectionError, "cannot be reached"),
    (OSError, "cannot be reached"),
)


class Link:
    """One connection. It is of use for `purpose` when `probe` is answered within `seconds`."""

    def __init__(self, url: str, purpose: str, probe: Command, seconds: float) -> None:
        options: dict[str, Any] = {**parse_url(url)}
        self._open: Callable[..., Connection] = options.pop("connection_class", Connection)
        self._place = {
            name: value
            for name, value in options.items()
            if name in _PLACE or name.startswith("ssl_")
        }
        self.purpose = purpose
        self._probe = probe
        self._seconds = seconds
        self._failures = 0
        self._failed_at = time.monotonic()
        self._told = ""
        self.answers = 0
        """Since the last failure; whoever uses the connection counts them."""
        self.up = False
        """Whether it can be used now."""
        self.trouble: str | None = "is not connected yet"
        """What is the matter, as the rest of a sentence about plate-cache."""

    async def keep(self, serve: Callable[[Connection], Awaitable[None]]) -> None:
        """Have `serve` use the connection, and a new one whenever it fails. Never returns.

        `serve` raises one of FAILURES to say so.
        """
        while True:
            connection, pause = self._new(), 0.0
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await connection.connect()  # type: ignore[no-untyped-call]
                await in_time(self._seconds, ask(connection, self._probe))
                self._works()
                await serve(connection)
            except FAILURES as error:
                pause = self._failed(_reason(error))
            finally:
                self.up = False
                await connection.disconnect(nowait=True)
            await asyncio.sleep(pause)

    def _new(self) -> Connection:
        return self._open(
            **self._place,
            # The oldest protocol is enough, and every server and proxy speaks it.
            protocol=2,
            # Waits are bounded where they are known: a timer for each command costs more.
            socket_timeout=None,
            socket_connect_timeout=CONNECT_SECONDS,
            driver_info=None,
        )

    def _works(self) -> None:
        if self._told:
            logger.info("plate-cache is back for %s", self.purpose)
        self._told = ""
        self.trouble = None
        self.up = True

    def _failed(self, trouble: str) -> float:
        """The pause to make after a failure: none after the first one.

        That one may only say that the connection had been idle for too long. The next ones are
        logged, each when it is another than the last.
        """
        now = time.monotonic()
        calm = now - self._failed_at > CALM_SECONDS or self.answers >= CALM_ANSWERS
        self._failures = 1 if calm else self._failures + 1
        self._failed_at = now
        self.answers = 0
        self.trouble = trouble
        if self._failures == 1:
            return 0.0
        if trouble != self._told:
            logger.warning("plate-cache %s; %s goes on without it", trouble, self.purpose)
        self._told = trouble
        pause: float = FIRST_PAUSE * 2 ** min(self._failures - 2, 10)
        return min(pause, LONGEST_PAUSE)


async def ask(connection: Connection, command: Command) -> Any:
    """The answer to a command. Raises one of FAILURES."""
    await connection.send_command(*command)
    return await connection.read_response()


async def ask_all(connection: Connection, commands: Iterable[Command]) -> list[Any]:
    """The answers to several commands that are sent together. Raises one of FAILURES."""
    commands = list(commands)
    await connection.send_packed_command(connection.pack_commands(commands))
    return [await connection.read_response() for _ in commands]


async def in_time(seconds: float, work: Awaitable[T]) -> T:
    """What `work` gives. Raises TimeoutError when it takes longer, unless this loop is to blame.

    The time is waited for in two halves: a loop that was held up by other work uses up one of
    them and then finds the answer that had come meanwhile, before the second one is over.
    """
    loop = asyncio.get_running_loop()
    limit = asyncio.timeout(None)
    half = loop.call_later(seconds / 2, lambda: limit.reschedule(loop.time() + seconds / 2))
    try:
        async with limit:
            return await work
    finally:
        half.cancel()


def _reason(error: Exception) -> str:
    """In our own words: the library's name the address."""
    if isinstance(error.__context__, ssl.SSLError):
        return "has no TLS, or a certificate that does not verify"
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    return "answers with something that is not Redis"
