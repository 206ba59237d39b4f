"""What the tests about the project share: its files as Git knows them, and its settings."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a tracked Python file, for a test that asks for `python_file`."""
    if "python_file" in metafunc.fixturenames:
        files = [path for path in tracked_files() if path.suffix == ".py"]
        names = [path.relative_to(ROOT).as_posix() for path in files]
        metafunc.parametrize("python_file", files, ids=names)


def tracked_files() -> list[Path]:
    """Every file that Git tracks and that is there, or none outside a Git checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the git that made the checkout
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file that Git tracks."""
    paths = tracked_files()
    if not paths:
        pytest.skip("not a Git checkout: only tracked files are judged")
    return paths


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
