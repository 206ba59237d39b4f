"""Fixtures that several rooms share: the embedded engine and the real `helm` binary."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def engine() -> Iterator[EmbeddedEngine]:
    """One embedded engine for the whole run."""
    with EmbeddedEngine() as started:
        yield started


@pytest.fixture(scope="session")
def helm_binary() -> Path:
    """The `helm` binary: $HELM_BINARY, else .cache/helm/helm, else the PATH's."""
    named = os.environ.get("HELM_BINARY")
    cached = ROOT / ".cache" / "helm" / "helm"
    found = named or (str(cached) if cached.exists() else shutil.which("helm"))
    if found is None:
        reason = "no helm binary: run `nox -s helm` or set HELM_BINARY"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(found)
