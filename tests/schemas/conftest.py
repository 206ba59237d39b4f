"""A catalogue for the whole run, and manifests as they are read from YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from plate_llm_cli.schemas.violations import Violation
    from plate_llm_cli.source.nodes import Route

Finding = tuple[str, "Route", str, str]


def manifest(text: str) -> Any:
    """The object in `text`, typed as Helm types it."""
    source = parse_text(text, "manifest.yaml")
    assert not source.problems, source.problems
    return to_plain(source.root)


def deployment(container: str = "", pod: str = "", spec: str = "") -> Any:
    """A good Deployment with more YAML (flow style, `key: value`) in three places."""
    return manifest(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {"
        "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {"
        f"containers: [{{name: web, image: 'web:1', {container}}}], {pod}}}}}, {spec}}}}}"
    )


def found(violations: tuple[Violation, ...]) -> list[Finding]:
    """Violations as tuples: kind, route, message, help."""
    return [(v.kind.value, v.route, v.message, v.help) for v in violations]


@pytest.fixture(scope="session")
def catalog() -> SchemaCatalog:
    """The newest Kubernetes version, without CRDs."""
    return SchemaCatalog("1.37")
