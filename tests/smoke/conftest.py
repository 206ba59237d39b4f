"""What several tests share: a certificate authority, and a service that answers by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.running import SECRET, Service
from tests.smoke import ca
from tests.smoke.nginx import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> ca.Authority:
    """One that the targets of tests trust."""
    return ca.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def echo() -> Iterator[Service]:
    """A service that asks for tokens and repeats what it is told; ORIGIN's pages may call it."""
    started = Service(
        LLM_MODEL_NAME="builtin:echo", AUTH_JWT_SECRET=SECRET, HTTP_CORS_ORIGINS=f'["{ORIGIN}"]'
    )
    yield started
    started.kill()
