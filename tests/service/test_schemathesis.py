"""What a fuzzer finds that has read the description of the API: nothing.

It sends what is described (which has to be accepted) and what is not (which has to be refused),
and compares every answer with what the description says of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.service.running import SECRET, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.running import Service

SCHEMATHESIS = Path(sys.executable).with_name("st")
OPTIONS = (
    "--checks=all",
    "--phases=examples,coverage,fuzzing",  # no answer leads to another request
    "--max-examples=40",
    "--generation-deterministic",
    "--suppress-health-check=all",  # our schemas are large, which is no fault
    "--continue-on-failure",
    "--no-color",
)


def test_what_is_described_is_what_happens(service: Callable[..., Service], tmp_path: Path) -> None:
    running = service(
        LLM_MODEL_NAME="builtin:echo",
        # The description is of what the service lets through, whatever the model behind it takes.
        LLM_DROP_UNSUPPORTED="true",
        AUTH_MODE="jwt",
        AUTH_JWT_SECRET=SECRET,
    )
    run = subprocess.run(  # noqa: S603 - our own arguments
        [
            SCHEMATHESIS,
            "run",
            f"{running.url}/openapi.json",
            f"--header=Authorization: Bearer {token()}",
            *OPTIONS,
        ],
        cwd=tmp_path,  # it keeps notes where it runs
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.service.fuzzing_hooks"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout + run.stderr
