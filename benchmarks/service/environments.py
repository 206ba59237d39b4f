"""Each peer in an environment of its own under .cache/bench, from a lock with hashes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.service.servers import PEERS
from benchmarks.trees import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

CACHE = REPOSITORY / ".cache" / "bench"
STAMP = "lock.sha256"


def environment(peer: str, python: str) -> Path:
    """The folder of the peer's environment, made when it is not there or its lock changed.

    Raises `subprocess.CalledProcessError` where a package cannot be had.
    """
    node = PEERS / peer
    lock = node / "package-lock.json" if node.is_dir() else PEERS / f"{peer}.txt"
    folder = CACHE / peer
    wanted = hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        if node.is_dir():
            _install_node(node, folder)
        else:
            _install_python(lock, folder, python)
        stamp.write_text(wanted)
    return folder


def _install_python(lock: Path, folder: Path, python: str) -> None:
    subprocess.run([python, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)


def _install_node(node: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(node / name, folder)
    npm = ["npm", "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(npm, cwd=folder, check=True)
