"""Fixtures that several rooms share: the embedded engine and the real `helm` binary."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

ROOT = Path(__file__).parents[1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_ALL=1, as in CI, a test that cannot run has failed."""
    del item
    report = yield
    expected = hasattr(report, "wasxfail")
    if report.skipped and not expected and os.environ.get("REQUIRE_ALL") == "1":
        report.outcome = "failed"
        if isinstance(report.longrepr, tuple):
            path, line, reason = report.longrepr
            report.longrepr = f"{path}:{line}: {reason}, and REQUIRE_ALL=1 forbids to skip"
    return report


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
        pytest.skip("no helm binary: run `nox -s helm` or set HELM_BINARY")
    return Path(found)
