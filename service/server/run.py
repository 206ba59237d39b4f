"""One process: the API and the metrics, each on its port, from the first request to the last.

On SIGTERM the service says that it is not ready and goes on accepting, until whoever routes to it
has heard; then it closes its door and lets running answers finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from service import app
from service.observe.metrics_page import metrics_app
from service.runtime import Runtime
from service.server.protocol import PatientProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from service.observe.log import Log
    from service.settings.settings import Settings

logger = logging.getLogger(__name__)

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75
"""Longer than ingress-nginx keeps its connections to us (60 s): it never uses one that we close."""


def run(settings: Settings, log: Log, address: str = "") -> None:
    """Serve at `address`, '' is every one, until a signal ends it.

    Raises OSError where a port is taken, and FactoryError for a model that cannot be made.
    """
    uvloop.run(serve(settings, log, address))


async def serve(settings: Settings, log: Log, address: str = "") -> None:
    """Both servers, in this event loop."""
    runtime = Runtime(settings, log)
    api_socket = listen(settings.port, address)
    metrics_socket = listen(settings.metrics_port, address)
    # Its lines about each step of a start and an end say nothing that ours do not.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    api = _Server(_config(app.build(runtime), settings.shutdown_grace_seconds))
    metrics = _Server(_config(metrics_app(runtime.metrics), 1))
    ports = {"port": _port(api_socket), "metrics_port": _port(metrics_socket)}
    api.on_started = lambda: logger.info("listening", extra=ports)
    async with runtime:
        # What has been made so far lives as long as the process: nobody need look at it again.
        gc.collect()
        gc.freeze()
        await _serve_both(runtime, (api, api_socket), (metrics, metrics_socket))
    logger.info("ended")


async def _serve_both(
    runtime: Runtime,
    api: tuple[_Server, socket.socket],
    metrics: tuple[_Server, socket.socket],
) -> None:
    """Until a signal has come and the API has answered its last request."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, ending, api[0])
    draining = loop.create_task(_drain(ending, runtime, api[0]))
    watching = loop.create_task(metrics[0].serve(sockets=[metrics[1]]))
    try:
        await api[0].serve(sockets=[api[1]])
    finally:
        draining.cancel()
        metrics[0].should_exit = True
        await watching


def _end(ending: asyncio.Event, api: _Server) -> None:
    """The first signal begins the end, a second one hastens it."""
    if ending.is_set():
        api.should_exit = api.force_exit = True
    ending.set()


async def _drain(ending: asyncio.Event, runtime: Runtime, api: _Server) -> None:
    await ending.wait()
    logger.info("draining")
    runtime.draining = True
    await asyncio.sleep(runtime.settings.shutdown_delay_seconds)
    api.should_exit = True


class _Server(uvicorn.Server):
    """A server that leaves signals to the process: two of them share it."""

    on_started: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started and self.on_started is not None:
            self.on_started()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _config(application: ASGIApp, grace: int) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=grace,
    )


def listen(port: int, address: str = "") -> socket.socket:
    """A socket at an IPv4 address, or on every address, IPv4 and IPv6, where the machine has both.

    Port 0 picks one.
    """
    if not address and socket.has_dualstack_ipv6():
        with contextlib.suppress(OSError):
            return socket.create_server(
                ("", port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True
            )
    return socket.create_server((address, port), backlog=BACKLOG)


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port
