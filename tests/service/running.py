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
from typing import TYPE_CHECKING, Any

import httpx2
import jwt

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def __init__(self, *, command: Sequence[str] = ("-m", "service"), **environment: str) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, *command],
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


class Upstream:
    """The stand-in for a provider, in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.service.upstream"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.origin = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())['port']}"
        # Each of `httpx2`'s own functions would load the system's certificates first.
        self._controls = httpx2.Client(base_url=self.origin)

    @property
    def url(self) -> str:
        """What LLM_BASE_URL has to be."""
        return self.origin + "/v1"

    def control(self, **options: Any) -> None:
        """How it behaves from now on."""
        self._controls.post("/_ctl", json=options).raise_for_status()

    def last(self) -> dict[str, Any]:
        """The last request that it got."""
        return dict(self._controls.get("/_last").json())

    def reset(self) -> None:
        """Start counting again."""
        self._controls.post("/_reset")

    def stats(self) -> dict[str, int]:
        """Its counts."""
        return dict(self._controls.get("/_stats").json())

    def idle(self) -> dict[str, int]:
        """Its counts, once it has nothing to do; fails when that takes longer than a second."""
        end = time.monotonic() + 1
        while (stats := self.stats())["in_flight"]:
            assert time.monotonic() < end, stats
            time.sleep(0.005)
        return stats

    def end(self) -> None:
        """End it."""
        self._controls.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def metric(service: Service, series: str) -> float:
    """The value of a series, given as the page writes it: `name` or `name{label="value"}`."""
    lines = httpx2.get(service.metrics_url).text.splitlines()
    (value,) = (line.rsplit(" ", 1)[1] for line in lines if line.rsplit(" ", 1)[0] == series)
    return float(value)
