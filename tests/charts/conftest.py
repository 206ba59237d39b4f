"""Renders the project's own charts with the real engine, and gives what came out as objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from plate_llm_cli.helm.engine import Capabilities, RenderFailure, RenderRequest
from plate_llm_cli.values.merge import merge

if TYPE_CHECKING:
    from plate_llm_cli.helm.embedded import EmbeddedEngine

ROOT = Path(__file__).parents[2]
CHARTS = ROOT / "charts"
NAMESPACES = {"stg": "plate-stg", "prod": "plate-prod", "cluster": "external-secrets"}

Object = dict[str, Any]
Values = dict[str, Any]


class Rendered(list[Object]):
    """The objects of one release."""

    def of(self, kind: str) -> list[Object]:
        return [found for found in self if found["kind"] == kind]

    def one(self, kind: str) -> Object:
        (found,) = self.of(kind)
        return found

    @property
    def container(self) -> Object:
        (container,) = self.one("Deployment")["spec"]["template"]["spec"]["containers"]
        return container  # type: ignore[no-any-return]  # YAML is of any type

    @property
    def env(self) -> dict[str, Any]:
        """Name to value, or to (Secret, key)."""
        entries = {}
        for entry in self.container["env"]:
            source = entry.get("valueFrom", {}).get("secretKeyRef")
            entries[entry["name"]] = (source["name"], source["key"]) if source else entry["value"]
        return entries


Render = Callable[..., Rendered]
Refuse = Callable[..., str]


def values_of(chart: str, env: str | None, extra: Values | None) -> Values:
    file = CHARTS / chart / f"values-{env}.yaml"
    base = yaml.safe_load(file.read_text("utf-8")) if env else {}
    return merge(base, extra or {})


def request(
    chart: str,
    values: Values | None = None,
    env: str | None = None,
    kube: str = "1.37.0",
    *,
    skip_schema: bool = True,
) -> RenderRequest:
    """The templates alone: the chart's schema would stop much before their own checks do."""
    return RenderRequest(
        chart=CHARTS / chart,
        release_name=f"{chart}-{env}" if env else "release",
        namespace=NAMESPACES.get(env or "", "elsewhere"),
        values=values_of(chart, env, values),
        capabilities=Capabilities(kube),
        skip_schema=skip_schema,
    )


@pytest.fixture(scope="session")
def render(engine: EmbeddedEngine) -> Render:
    """`render(chart, values=None, env=None, kube=...)`: the objects of a release."""

    def rendered(*args: Any, **kwargs: Any) -> Rendered:
        answer = next(engine.render_many([request(*args, **kwargs)]))
        assert not isinstance(answer, RenderFailure), answer.message
        return Rendered(yaml.safe_load(document.text) for document in answer.documents)

    return rendered


@pytest.fixture(scope="session")
def refuse(engine: EmbeddedEngine) -> Refuse:
    """As `render`, for values that the chart refuses: Helm's message."""

    def refused(*args: Any, **kwargs: Any) -> str:
        answer = next(engine.render_many([request(*args, **kwargs)]))
        assert isinstance(answer, RenderFailure)
        return answer.message

    return refused
