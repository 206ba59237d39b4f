"""What all servers stand on in one run: the upstream, Redis, a trace sink, a key and its token."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt

from benchmarks.measure import ENVIRONMENT
from benchmarks.service.environments import environment
from benchmarks.service.machine import cpu_seconds
from benchmarks.service.sink import Sink
from benchmarks.trees import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from benchmarks.service.servers import Server

HOST = "127.0.0.1"
PINNED = Path(__file__).with_name("pinned.py")
SERVER_CORE = 0
LOAD_CORE = 1
START_SECONDS = 120
STOP_SECONDS = 15
POLL_SECONDS = 0.005
REDIS_MEMORY = "256mb"
"""Enough for the answers of a run; in a soak Redis evicts."""


@dataclass(frozen=True, slots=True)
class Lab:
    """Ports of what is running, and where the servers write their logs."""

    folder: Path
    python: str
    upstream: int
    redis: int
    sink: Sink
    secret: str

    def values(self, server: Server, port: int) -> dict[str, str]:
        """What the templates of `servers` are filled with."""
        peer = str(environment(server.peer, self.python)) if server.peer else ""
        python = f"{peer}/bin/python" if server.peer else self.python
        claims = {"sub": "bench", "iss": "bench", "aud": "plate-llm", "exp": 4_000_000_000}
        return {
            "peer": peer,
            "port": str(port),
            "python": python,
            "redis": str(self.redis),
            "secret": self.secret,
            "sink": str(self.sink.port),
            "token": jwt.encode(claims, self.secret, "HS256"),
            "upstream": f"http://{HOST}:{self.upstream}",
        }

    async def control(self, options: Mapping[str, object]) -> None:
        """Have the upstream behave like this from now on."""
        await self.ask_upstream("POST", "/_ctl", json.dumps(options).encode())

    async def requests_seen(self) -> int:
        """How many requests the upstream has seen so far."""
        return int((await self.ask_upstream("GET", "/_stats"))["requests"])

    async def ask_upstream(self, method: str, path: str, body: bytes = b"") -> Any:
        """What the upstream says of itself."""
        _, answer = await exchange(self.upstream, method, path, body)
        return json.loads(answer)


@dataclass(slots=True)
class Running:
    """A server that is ready. `pid` is 0 for the upstream itself, which is no server of ours."""

    server: Server
    port: int
    headers: Mapping[str, str]
    pid: int
    ready_seconds: float
    ready_cpu_seconds: float


@asynccontextmanager
async def open_lab(folder: Path, python: str) -> AsyncIterator[Lab]:
    """Start what all servers need; end it afterwards."""
    upstream = (sys.executable, "-m", "benchmarks.service.upstream")
    redis_port = free_port()
    options = ("--port", str(redis_port), "--bind", HOST, "--save", "", "--appendonly", "no")
    memory = ("--maxmemory", REDIS_MEMORY, "--maxmemory-policy", "allkeys-lru")
    with (
        process(folder, "upstream", LOAD_CORE, upstream, piped=True) as fake,
        process(folder, "redis", LOAD_CORE, ("redis-server", *options, *memory)),
    ):
        assert fake.stdout is not None  # noqa: S101 - it is piped
        port = json.loads(fake.stdout.readline())["port"]
        async with Sink() as sink:
            yield Lab(folder, python, port, redis_port, sink, secrets.token_hex(32))


@asynccontextmanager
async def started(lab: Lab, server: Server) -> AsyncIterator[Running]:
    """`server` on its core, ready; ended afterwards. Raises `RuntimeError` if it does not start."""
    if not server.command:
        yield Running(server, lab.upstream, {}, 0, 0, 0)
        return
    port = free_port()
    values = lab.values(server, port)
    command = tuple(part.format_map(values) for part in server.command)
    variables = {name: text.format_map(values) for name, text in server.environment.items()}
    headers = {name: text.format_map(values) for name, text in server.headers.items()}
    began = time.perf_counter()
    with process(lab.folder, server.name, SERVER_CORE, command, variables) as child:
        while not await is_ready(port, server.ready):
            if child.poll() is not None or time.perf_counter() - began > START_SECONDS:
                log = lab.folder / f"{server.name}.log"
                raise RuntimeError(f"{server.name} did not start:\n{log.read_text()[-2000:]}")
            await asyncio.sleep(POLL_SECONDS)
        took = time.perf_counter() - began
        yield Running(server, port, headers, child.pid, took, cpu_seconds(child.pid))


@contextmanager
def process(  # noqa: PLR0913, PLR0917 - as Popen has them
    folder: Path,
    name: str,
    core: int,
    command: tuple[str, ...],
    variables: Mapping[str, str] | None = None,
    piped: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """`command` on `core`, its output in NAME.log; ended afterwards, by force after a while."""
    # Without `site`: the time that this takes counts as the server's.
    pinned = (sys.executable, "-I", "-S", str(PINNED), str(core), *command)
    with (folder / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(
            pinned,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else log,
            stderr=log,
            env=clean_environment() | dict(variables or {}),
            cwd=REPOSITORY,
        )
    with child:
        try:
            yield child
        finally:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
            child.kill()


def clean_environment() -> dict[str, str]:
    """The variables that a server inherits: none that could change what it does."""
    kept = ("HOME", "LANG", "PATH", "TMPDIR")
    return {name: ENVIRONMENT[name] for name in kept if name in ENVIRONMENT}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


async def is_ready(port: int, path: str) -> bool:
    """The server answers 200 at `path`."""
    with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        status, _ = await exchange(port, "GET", path)
        return status == 200
    return False


async def exchange(port: int, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """One request on a connection of its own: the status and the body. Raises `OSError`."""
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(HOST, port)
        lines = (f"{method} {path} HTTP/1.1", f"host: {HOST}", "connection: close")
        head = "\r\n".join((*lines, f"content-length: {len(body)}", "", ""))
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    status = top.split(b" ", 2)[1:2]
    return int(status[0]) if status else 0, rest


def pin_to_load_core() -> None:
    """Keep this process, which makes the load, off the servers' core."""
    os.sched_setaffinity(0, {LOAD_CORE})
