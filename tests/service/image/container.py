"""Runs what an image holds the way a container is run: its variables, its user, nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from tests.service.image.build import Image

START_SECONDS = 20
STOP_SECONDS = 20


class Container:
    """A started image. `settings` are its variables beside those of the image."""

    def __init__(self, image: Image, **settings: str) -> None:
        self._image = image
        self._settings = settings

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end."""
        ran: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - of our own image
            command, **self._surroundings(), capture_output=True, text=True, check=False
        )
        return ran

    def __enter__(self) -> Self:
        self._process: subprocess.Popen[str] = subprocess.Popen(  # noqa: S603
            self._image.entrypoint,
            **self._surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate(timeout=STOP_SECONDS)

    def become_healthy(self) -> None:
        """Wait until the image's health check says so."""
        end = time.monotonic() + START_SECONDS
        while (check := self.run(self._image.health)).returncode:
            ended = self._process.poll() is not None
            if ended or time.monotonic() > end:
                self._process.kill()
                output, _ = self._process.communicate(timeout=STOP_SECONDS)
                raise AssertionError(f"{check.stderr}{output}")

    def stop(self) -> int:
        """End it as the kubelet does, and give its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(STOP_SECONDS)

    def _surroundings(self) -> dict[str, Any]:
        image = self._image
        who: dict[str, Any] = {}
        if can_become(image):
            user, _, group = image.user.partition(":")
            who = {"user": int(user), "group": int(group), "extra_groups": []}
        return {"cwd": image.workdir, "env": {**image.environment, **self._settings}, **who}


@cache
def can_become(image: Image) -> bool:
    """Whether the image's user can be taken on here, and then run the Python of this machine."""
    if os.geteuid():
        return False
    user = int(image.user.partition(":")[0])
    python = image.root / "opt/venv/bin/python"
    try:
        return not subprocess.run([python, "-c", ""], user=user, check=False).returncode  # noqa: S603
    except PermissionError:
        return False
