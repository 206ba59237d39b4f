"""Fixtures that several rooms share: the embedded engine, the real `helm` and `kubectl`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli import checking
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.helm.embedded import EmbeddedEngine
from plate_llm_cli.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from plate_llm_cli.findings import Finding

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


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves how wide a screen is; processes side by side are told 80."""
    monkeypatch.delenv("COLUMNS", raising=False)


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


@pytest.fixture(scope="session")
def kubectl_binary() -> Path:
    """The `kubectl` binary: $KUBECTL_BINARY, else .cache/helm/kubectl, else the PATH's."""
    named = os.environ.get("KUBECTL_BINARY")
    cached = ROOT / ".cache" / "helm" / "kubectl"
    found = named or (str(cached) if cached.exists() else shutil.which("kubectl"))
    if found is None:
        pytest.skip("no kubectl binary: put one into .cache/helm or set KUBECTL_BINARY")
    return Path(found)


@pytest.fixture(scope="session")
def check_tree() -> Callable[..., tuple[Finding, ...]]:
    """Checks a whole tree as `validate` does, for one Kubernetes version whatever is newest."""

    def check(root: Path, crds: Path | None = None) -> tuple[Finding, ...]:
        with Workspace(root) as workspace:
            options = RenderOptions(
                kube_version="1.37.0",
                api_versions=workspace.api_versions(None),
                lint=True,
                provenance=True,
                nested=True,
                schema_folders=workspace.schema_folders([crds] if crds else None),
            )
            releases = workspace.environments(())
            report = checking.check(workspace, releases, lambda: RULES, options)
        crashed = [item.message for item in report.findings if item.rule == "internal-error"]
        assert crashed == []
        return report.findings

    return check
