"""OpenAI's client for Node: what `node/checks.mjs` finds, a test for each of its checks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import npm_packages
from tests.service.clients.gateway import api_key

if TYPE_CHECKING:
    from tests.service.clients.gateway import Gateway
    from tests.service.running import Upstream

FOLDER = Path(__file__).parent / "node"
NODE = shutil.which("node")
CHECKS = re.findall(r'^check\("(.+?)"', (FOLDER / "checks.mjs").read_text("utf-8"), re.MULTILINE)
SECONDS = 60


@pytest.fixture(scope="session")
def installed() -> Path:
    """A folder with the client and the checks; one for each state of the lock."""
    return npm_packages.installed(FOLDER, "OpenAI's client for it")


@pytest.fixture(scope="session")
def found(gateway: Gateway, provider: Upstream, installed: Path) -> dict[str, str | None]:
    """What is wrong, by the name of the check; None where nothing is."""
    environment = {
        "MODE": gateway.mode,
        "PROVIDER_URL": provider.origin,
        "SERVICE_URL": gateway.service.url,
        "TOKEN": api_key(),
    }
    command = [str(NODE), "checks.mjs"]
    run = subprocess.run(  # noqa: S603 - our own script
        command, cwd=installed, env=environment, capture_output=True, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    results = map(json.loads, run.stdout.splitlines())
    return {result["name"]: result["problem"] for result in results}


@pytest.mark.parametrize("check", CHECKS)
def test_the_client_for_node(check: str, found: dict[str, str | None]) -> None:
    assert found[check] is None, found[check]
