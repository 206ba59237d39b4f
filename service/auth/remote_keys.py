"""The issuer's keys, fetched, and fetched again.

One task fetches them from time to time, whether anybody asks or not: no request waits for keys
that have become old, and a key that the issuer withdraws is gone within ten minutes. A token with
a key that is not known makes it fetch at once, but not more often than twice a minute: kids cost
nothing to invent. When the issuer is not there, the keys that there are stay.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import aiohttp

from service.auth import jwks
from service.auth.refusals import KeysUnavailableError, Reason, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.auth.jwks import KeySet
    from service.auth.keys import Key

logger = logging.getLogger(__name__)

LARGEST_SET = 256 * 1024
HEADERS = {"accept": "application/json", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How often keys are fetched, and how long that may take. In seconds."""

    regular: float = 600
    on_demand: float = 30
    """At least so long between two fetches for keys that are not known."""
    first_retry: float = 1
    """After a failure; twice as long after each further one."""
    longest_retry: float = 30
    timeout: float = 5


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """Where the keys are, and the setting that says so: its name is shown, the URL never."""

    url: str
    setting: str


class RemoteKeys:
    """The keys of one endpoint. `changed` is called when they are others than before."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoint: Endpoint,
        changed: Callable[[], None],
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._endpoint = endpoint
        self._changed = changed
        self._pace = pace or Pace()
        self._clock = clock
        self._keys: KeySet | None = None
        self._digest = b""
        self._problem: str | None = "the keys are being fetched"
        self._fetching: asyncio.Task[None] | None = None
        self._asked: float | None = None
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to fetch. Must be called inside the event loop; waits for nothing."""
        self._begin()
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def close(self) -> None:
        """Stop fetching."""
        tasks = [task for task in (self._keeper, self._fetching) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def concerns(self) -> str | None:
        """What is wrong with the keys, for an operator."""
        if self._problem is None:
            return None
        state = "no token can be verified" if self._keys is None else "the last keys stay in use"
        return f"{self._endpoint.setting}: {self._problem}; {state}"

    async def key(self, algorithm: str, kid: str | None) -> Key:
        """The key for a token. Raises Unauthorized, and KeysUnavailableError without any keys."""
        if self._keys is None and self._fetching is not None:
            await asyncio.shield(self._fetching)
        if self._keys is None:
            raise KeysUnavailableError
        key = self._keys.find(kid, algorithm)
        if key is None and kid is not None and self._may_ask():
            await self._refresh()
            key = self._keys.find(kid, algorithm)
        if key is None:
            raise refused(Reason.UNKNOWN_KEY, "The token is signed with a key that is not known.")
        if key.algorithm != algorithm:
            message = "The token is signed with another algorithm than its key is for."
            raise refused(Reason.ALGORITHM, message)
        return key

    def _may_ask(self) -> bool:
        """Whether an unknown kid is worth a fetch, or a fetch that runs worth waiting for."""
        if self._fetching is not None and not self._fetching.done():
            return True
        now = self._clock()
        if self._asked is not None and now - self._asked < self._pace.on_demand:
            return False
        self._asked = now
        return True

    async def _keep(self) -> None:
        """Fetch for ever."""
        retry = self._pace.first_retry
        while True:
            await self._refresh()
            if self._problem is None:
                retry = self._pace.first_retry
                await asyncio.sleep(self._pace.regular)
            else:
                await asyncio.sleep(retry)
                retry = min(2 * retry, self._pace.longest_retry)

    async def _refresh(self) -> None:
        """Fetch, or wait for the fetch that runs. It goes on when who waits for it leaves."""
        await asyncio.shield(self._begin())

    def _begin(self) -> asyncio.Task[None]:
        """The one fetch that runs."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        problem = None
        try:
            async with asyncio.timeout(self._pace.timeout):
                document = await self._download()
            self._take(document)
        except TimeoutError:
            problem = f"it did not answer within {self._pace.timeout:g} s"
        except jwks.KeySetError as error:
            problem = str(error)
        except (aiohttp.ClientError, OSError):
            problem = "it cannot be reached"
        if problem is not None and problem != self._problem:
            logger.warning("keys were not fetched: %s: %s", self._endpoint.setting, problem)
        self._problem = problem

    async def _download(self) -> bytes:
        """The answer's body. A redirect is not followed: it may lead anywhere in the cluster."""
        response = await self._session.get(
            self._endpoint.url, headers=HEADERS, allow_redirects=False
        )
        try:
            if response.status != 200:
                raise jwks.KeySetError(f"it answered with status {response.status}")
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > LARGEST_SET:
                    raise jwks.KeySetError(f"its answer is larger than {LARGEST_SET} bytes")
            return bytes(body)
        finally:
            response.close()

    def _take(self, document: bytes) -> None:
        """Use these keys from now on. Raises KeySetError and leaves everything as it is."""
        digest = sha256(document).digest()
        if digest == self._digest:
            return
        self._keys = jwks.read(document)
        self._digest = digest
        self._changed()
        logger.info("the issuer's keys are fetched", extra={"keys": len(self._keys)})
