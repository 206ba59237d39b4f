"""Which releases are not known whole, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.graph.conftest import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

    Build = Callable[..., Deployment]

BROKEN = "apiVersion: v1\nkind: ConfigMap\nmetadata: ["
_HELM = APPLICATION[APPLICATION.index("    helm:") : APPLICATION.index("  destination:")]
MANIFESTS = (
    APPLICATION.replace(_HELM, "").replace("charts/web", "manifests").replace(": web", ": plain")
)


def names(releases: list[Release]) -> list[str]:
    return [release.name for release in releases]


def test_releases_that_render_are_known_whole(build: Build) -> None:
    deployment = build({"apps/plain.yaml": MANIFESTS, "manifests/a.yaml": "kind: Namespace\n"})
    assert names(deployment.releases) == ["plain", "web"]
    assert (deployment.failed, deployment.half_known) == ([], [])


def test_file_of_manifests_that_cannot_be_read(build: Build) -> None:
    deployment = build({"apps/plain.yaml": MANIFESTS, "manifests/a.yaml": BROKEN})
    assert names(deployment.failed) == ["plain"]
    assert names(deployment.half_known) == ["plain"]


def test_chart_that_does_not_render(build: Build) -> None:
    deployment = build({"charts/web/templates/no.yaml": '{{ fail "no" }}'})
    assert names(deployment.failed) == ["web"]
    assert names(deployment.half_known) == ["web"]


def test_values_that_are_elsewhere_leave_a_chart_half_known(build: Build) -> None:
    elsewhere = APPLICATION.replace("values-prod.yaml", "https://example.com/values.yaml")
    deployment = build({"apps/web.yaml": elsewhere})
    assert deployment.failed == []
    assert names(deployment.half_known) == ["web"]


def test_every_file_of_a_release_that_failed_is_half_known(build: Build) -> None:
    deployment = build({"apps/plain.yaml": MANIFESTS, "manifests/a.yaml": BROKEN})
    assert deployment.is_half_known("apps/plain.yaml")
    assert not deployment.is_half_known("charts/web/templates/map.yaml")
