"""A Redis for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _running() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def server(_running: RedisServer) -> RedisServer:
    """Runs, and is empty."""
    _running.client.flushall()
    return _running


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    """Runs for one test, which may do anything to it."""
    with RedisServer() as server:
        yield server
