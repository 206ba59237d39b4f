"""The API versions of a cluster agree with the schemas that its version publishes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import kubernetes_validate
import pytest

from plate_llm_cli.helm.capabilities import core_api_versions
from plate_llm_cli.helm.engine import Capabilities, Rendering

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


@lru_cache(maxsize=1)
def published(minor: int) -> frozenset[str]:
    """Every `group/version/Kind` that Kubernetes 1.`minor` has a schema for."""
    found = set()
    for file in SCHEMAS.glob(f"v1.{minor}.0-local/*-v[0-9].json"):
        for kind in json.loads(file.read_text()).get("x-kubernetes-group-version-kind", ()):
            found.add("/".join(filter(None, (kind["group"], kind["version"], kind["kind"]))))
    return frozenset(found)


@pytest.mark.parametrize("minor", [25, 29, 30, 33, 34, 36, 37])
def test_every_kind_is_published_for_its_version(minor: int) -> None:
    kinds = {name for name in core_api_versions(f"1.{minor}.0") if name.split("/")[-1][0].isupper()}
    assert kinds - published(minor) == set()


@pytest.mark.parametrize(
    ("kube_version", "name", "served"),
    [
        ("1.37.0", "policy/v1/PodDisruptionBudget", True),
        ("1.37.0", "policy/v1", True),
        ("1.37.0", "v1/Secret", True),
        ("v1.29.4", "flowcontrol.apiserver.k8s.io/v1/FlowSchema", True),
        ("1.28.0", "flowcontrol.apiserver.k8s.io/v1/FlowSchema", False),
        ("nothing", "v1", False),
    ],
)
def test_a_version_serves_what_it_has(kube_version: str, name: str, served: bool) -> None:
    assert (name in core_api_versions(kube_version)) is served


def test_templates_see_them(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> None:
    asked = '{{ .Capabilities.APIVersions.Has "networking.k8s.io/v1/Ingress" }}\n'
    chart = make_chart({"templates/a.yaml": f"has: {asked}"})
    answers = engine.render_many(
        request_for(chart, capabilities=Capabilities("1.37.0", versions))
        for versions in ((), core_api_versions("1.37.0"))
    )
    texts = [one.documents[0].text for one in answers if isinstance(one, Rendering)]
    assert texts == ["has: false\n", "has: true\n"]
