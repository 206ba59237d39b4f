"""Starts the service as a pod does: `python -m service`, with its settings in the environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import jwt

ROOT = Path(__file__).parents[2]
SECRET = "a-signing-secret-of-the-tests-with-enough-bytes"  # noqa: S105 - signs tests only
START_SECONDS = 20
STOP_SECONDS = 20

QUICK = {"PORT": "0", "METRICS_PORT": "0", "SHUTDOWN_DELAY_SECONDS": "0"}
"""What every test wants: free ports, and no wait for a load balancer that is not there."""


def token(subject: str = "ann", seconds: int = 300, **claims: Any) -> str:
    """A token as plate-api would sign it."""
    payload = {"sub": subject, "exp": int(time.time()) + seconds, **claims}
    return jwt.encode(payload, SECRET, algorithm="HS256")


class Service:
    """A running service. `log` holds its lines, oldest first."""

    def __init__(self, **environment: str) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service"],
            cwd=ROOT,
            env={**inherited, **QUICK, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.log: list[dict[str, Any]] = []
        self.other_output: list[str] = []
        self._listening = threading.Event()
        self._ports: dict[str, int] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._listening.wait(START_SECONDS) or not self._ports:
            self.kill()
            raise AssertionError(f"the service did not start: {self.other_output} {self.log}")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._ports['port']}"

    @property
    def port(self) -> int:
        """The port of the API."""
        return self._ports["port"]

    @property
    def metrics_url(self) -> str:
        """Where its metrics are."""
        return f"http://127.0.0.1:{self._ports['metrics_port']}/metrics"

    def requests(self) -> list[dict[str, Any]]:
        """The log's lines about requests."""
        return [line for line in self.log if "status" in line]

    def terminate(self) -> int:
        """End it as the kubelet does, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        return code

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                entry = json.loads(line)
            except ValueError:
                self.other_output.append(line)
                continue
            self.log.append(entry)
            if entry.get("message") == "listening":
                self._ports = {name: entry[name] for name in ("port", "metrics_port")}
                self._listening.set()
        self._listening.set()
