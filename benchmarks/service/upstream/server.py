"""The server: routes, what is recorded, and which behaviour is next."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import orjson

from benchmarks.service.upstream import embeddings
from benchmarks.service.upstream.behaviour import Behaviour, changed, for_model, read_step
from benchmarks.service.upstream.completions import CREATED, Completion, error
from benchmarks.service.upstream.connection import Connection
from benchmarks.service.upstream.scenes import SCENES, Turn, answer_whole, play

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.service.upstream.connection import Received

MODELS = ("fake", "gpt-4o-mini", "gpt-4o")
KEPT_REQUESTS = 64
HOST = "127.0.0.1"


@dataclass(slots=True)
class Stats:
    """Counts of requests for completions and embeddings, and of connections."""

    requests: int = 0
    in_flight: int = 0
    """Being answered now; an answer that is given at once is never seen here."""
    max_in_flight: int = 0
    aborted: int = 0
    """The client left before its answer was complete."""
    connections: int = 0
    """Open now."""
    connected: int = 0
    """Opened since the start."""


class FakeUpstream:
    """Serves on the loopback address while it is open; `port` 0 takes a free one."""

    def __init__(self, port: int = 0, ssl: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.stats = Stats()
        self.received_requests: deque[Received] = deque(maxlen=KEPT_REQUESTS)
        """The latest requests for completions and embeddings, oldest first."""
        self._ssl = ssl
        self._behaviour = Behaviour()
        self._sequence: deque[str] = deque()
        self._connections: set[Connection] = set()
        self._numbered = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), HOST, self.port, backlog=2048, ssl=self._ssl
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        tasks = [connection.task for connection in self._connections if connection.task]
        for connection in list(self._connections):
            connection.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._connections:
            await asyncio.sleep(0)
        await self._server.wait_closed()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self._ssl else 'http'}://{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL that an OpenAI client wants: it ends with /v1."""
        return self.origin + "/v1"

    @property
    def last(self) -> Received:
        """The latest request for a completion or embeddings."""
        return self.received_requests[-1]

    def control(self, *, seq: Sequence[str] = (), **options: object) -> None:
        """Answer like this from now on, without arguments as at the start.

        `options` are `Behaviour`'s fields. `seq` is taken one entry a request before that: a mode
        (`err`) or options (`mode=err,status=429`). Raises `ValueError`.
        """
        self._behaviour = changed(Behaviour(), options)
        self._sequence = deque(seq)

    def opened(self, connection: Connection) -> None:
        """A client connected."""
        self._connections.add(connection)
        self.stats.connections += 1
        self.stats.connected += 1

    def closed(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)
        self.stats.connections -= 1

    def received(self, connection: Connection, request: Received) -> None:
        """Answer a request."""
        path = request.path
        if path == "/v1/chat/completions" or path == "/v1/embeddings":  # noqa: PLR1714 - the fastest
            self._ask(connection, request)
        elif path.startswith("/_"):
            self._record(connection, request)
        elif path.startswith("/v1/models"):
            self._list(connection, path)
        else:
            connection.answer(404, orjson.dumps(error(404, f"no such path: {path}")))

    def _ask(self, connection: Connection, request: Received) -> None:
        self.stats.requests += 1
        self.received_requests.append(request)
        try:
            turn = self._turn(connection, request)
        except (ValueError, AttributeError) as problem:
            connection.answer(400, orjson.dumps(error(400, f"fake upstream: {problem}")))
            return
        if turn.behaviour.mode == "ok" and not turn.behaviour.ttft and not turn.streams:
            answer_whole(turn)
        else:
            connection.run(self._play(turn))

    def _turn(self, connection: Connection, request: Received) -> Turn:
        body = request.json
        base = self._behaviour
        if self._sequence:
            base = read_step(base, self._sequence.popleft())
        behaviour = for_model(base, str(body.get("model", "")))
        if behaviour.mode not in SCENES:
            raise ValueError(f"no such mode: {behaviour.mode}")
        if request.path == "/v1/embeddings":
            return Turn(connection, request, behaviour, None, lambda: embeddings.answer(body))
        self._numbered += 1
        completion = Completion(f"chatcmpl-fake{self._numbered:08}", body, behaviour)
        return Turn(connection, request, behaviour, completion, completion.whole)

    async def _play(self, turn: Turn) -> None:
        stats = self.stats
        stats.in_flight += 1
        stats.max_in_flight = max(stats.max_in_flight, stats.in_flight)
        try:
            await play(turn)
        except asyncio.CancelledError:
            stats.aborted += 1
            raise
        finally:
            stats.in_flight -= 1

    def _list(self, connection: Connection, path: str) -> None:
        models = [
            {"id": name, "object": "model", "created": CREATED, "owned_by": "fake"}
            for name in MODELS
        ]
        wanted = path.removeprefix("/v1/models").removeprefix("/")
        found = [model for model in models if model["id"] == wanted]
        if not wanted:
            connection.answer(200, orjson.dumps({"object": "list", "data": models}))
        elif found:
            connection.answer(200, orjson.dumps(found[0]))
        else:
            connection.answer(404, orjson.dumps(error(404, f"no such model: {wanted}")))

    def _record(self, connection: Connection, request: Received) -> None:
        records: Mapping[str, Callable[[Received], Any]] = {
            "/_ctl": self._controlled,
            "/_last": self._latest,
            "/_reset": self._forgotten,
            "/_stats": self._counted,
        }
        record = records.get(request.path)
        if record is None:
            connection.answer(404, orjson.dumps(error(404, f"there are: {', '.join(records)}")))
            return
        try:
            connection.answer(200, orjson.dumps(record(request)))
        except (ValueError, TypeError) as problem:
            connection.answer(400, orjson.dumps(error(400, f"fake upstream: {problem}")))

    def _controlled(self, request: Received) -> Any:
        self.control(**request.json if request.body else {})
        return asdict(self._behaviour)

    def _latest(self, _: Received) -> Any:
        if not self.received_requests:
            return {}
        last = self.last
        return {
            "method": last.method,
            "target": last.target,
            "headers": last.headers,
            "body": last.text,
        }

    def _counted(self, _: Received) -> Any:
        return asdict(self.stats)

    def _forgotten(self, request: Received) -> Any:
        """Start counting again; what is open stays counted."""
        self.received_requests.clear()
        stats = self.stats
        stats.requests = stats.aborted = stats.connected = 0
        stats.max_in_flight = stats.in_flight
        return self._counted(request)
