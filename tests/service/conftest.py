"""A running service and a provider that misbehaves, for every test that wants to talk to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.running import Service, Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def service() -> Iterator[Callable[..., Service]]:
    """Starts a service with these settings; ends it after the test."""
    started: list[Service] = []

    def start(**environment: str) -> Service:
        started.append(Service(**environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture(scope="session")
def provider() -> Iterator[Upstream]:
    """A stand-in for a provider; how it behaves stands in the model's name, or is told it."""
    started = Upstream()
    yield started
    started.end()
