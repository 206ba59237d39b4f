"""Packages of npm that tests use, installed from a lock beside a script into the cache."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--engine-strict=false")


def installed(folder: Path, name: str) -> Path:
    """A folder with the files of `folder` and what its lock names; one for each state of the lock.

    Skips the test where there is no npm, or it cannot install.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(f"no node and npm: install Node.js to test with {name}")
    lock = (folder / "package-lock.json").read_bytes()
    target = ROOT / ".cache" / folder.name / hashlib.sha256(lock).hexdigest()[:16]
    target.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        shutil.copy(file, target)
    complete = target / "complete"
    if not complete.exists():
        install = subprocess.run(  # noqa: S603 - fixed arguments
            [npm, *INSTALL], cwd=target, capture_output=True, text=True, check=False
        )
        if install.returncode:
            pytest.skip(f"npm could not install {name}: {install.stderr.strip()[-300:]}")
        complete.touch()
    return target
