"""What `up --keep` runs, in a copy of this repository, for tests that reach it as users do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.local.running import Running, find
from tests.cli.conftest import command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
HOST = "llm.cocdev.co.kr"
START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Kept:
    """A running system and the process of `up`, which writes to the file `log`."""

    root: Path
    process: subprocess.Popen[bytes]
    running: Running
    log: Path

    @property
    def port(self) -> int:
        """Where the service listens."""
        return int(self.running.url.rpartition(":")[2])

    @property
    def metrics_port(self) -> int:
        """Where its metrics are."""
        return int(self.running.metrics_url.removesuffix("/metrics").rpartition(":")[2])

    def token(self) -> str:
        """A fresh one."""
        token = self.running.token()
        assert token is not None
        return token.reveal()

    def service_process(self) -> int:
        """The number of the service's process."""
        (found,) = (
            int(folder.name)
            for folder in Path("/proc").glob("[0-9]*")
            if _parent(folder) == self.process.pid and _is_service(folder)
        )
        return found


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _is_service(folder: Path) -> bool:
    try:
        return (folder / "cmdline").read_bytes().endswith(b"\0-m\0service\0serve\0--loopback\0")
    except OSError:
        return False


def copied(root: Path) -> None:
    """This repository's deployment and service at `root`."""
    for name in ("charts", "environments", "service"):
        shutil.copytree(ROOT / name, root / name)


@contextmanager
def kept(folder: Path, *arguments: str) -> Iterator[Kept]:
    """`up --keep` with `arguments`, in a copy of this repository in `folder`."""
    root = folder / "tree"
    copied(root)
    log = folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command("up", "--keep", "--check", "livez", *arguments),
            cwd=root,
            env=os.environ | {"XDG_RUNTIME_DIR": ""},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Kept(root, process, _running(root, process, log), log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


def _running(root: Path, process: subprocess.Popen[bytes], log: Path) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while (found := find(root)) is None:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return found
