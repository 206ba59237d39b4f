"""A place becomes a line of the file that has to change, and names what it overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.graph.locate import Located, Locator
from plate_llm_cli.graph.places import FilePlace, ManifestPlace, RenderedPlace, ValuePlace
from plate_llm_cli.source.nodes import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Route

    Build = Callable[..., Deployment]


def where(located: Located) -> tuple[str, int, int]:
    return (located.location.path, located.location.line, located.location.column)


def value_of(deployment: Deployment, route: Route) -> Located:
    return Locator(deployment).locate(ValuePlace(deployment.charts[0], route))


def field_of(deployment: Deployment, route: Route, **fault: bool) -> Located:
    return Locator(deployment).locate(ManifestPlace(deployment.manifests[0], route, **fault))


@pytest.mark.parametrize(
    ("route", "place"),
    [
        (("env", "A"), ("charts/web/values.yaml", 2, 3)),
        (("env", "B"), ("charts/web/values-prod.yaml", 2, 3)),
        (("env", "C"), ("apps/web.yaml", 17, 11)),
        (("env", "D"), ("apps/web.yaml", 20, 18)),
    ],
    ids=["default", "value file", "inline values", "parameter"],
)
def test_a_value_is_where_the_last_layer_sets_it(
    build: Build, route: Route, place: tuple[str, int, int]
) -> None:
    assert where(value_of(build({}), route)) == place


def test_what_a_value_overrides_is_named(build: Build) -> None:
    located = value_of(build({}), ("env", "B"))
    assert [(item.location.path, item.location.line) for item in located.related] == [
        ("charts/web/values.yaml", 3)
    ]


def test_a_value_that_nothing_sets_is_where_its_parent_is(build: Build) -> None:
    located = value_of(build({}), ("labels", "team"))
    assert where(located) == ("charts/web/values.yaml", 4, 1)
    assert located.value == "labels.team"


def test_a_field_is_where_its_value_is_set(build: Build) -> None:
    located = field_of(build({}), ("data", "B"))
    assert where(located) == ("charts/web/values-prod.yaml", 2, 3)
    assert [(item.location.path, item.location.line) for item in located.related] == [
        ("charts/web/values.yaml", 3),
        ("charts/web/templates/map.yaml", 7),
    ]


def test_a_field_of_a_parameter_is_in_the_application(build: Build) -> None:
    assert where(field_of(build({}), ("data", "D"))) == ("apps/web.yaml", 20, 18)


def test_a_field_that_no_value_is_behind_is_in_the_template(build: Build) -> None:
    located = field_of(build({}), ("data", "fixed"))
    assert where(located) == ("charts/web/templates/map.yaml", 9, 3)


def test_a_missing_field_is_where_the_map_is_set_that_was_passed_on(build: Build) -> None:
    located = field_of(build({}), ("data",), absent=True)
    assert where(located) == ("apps/web.yaml", 16, 9)


def test_a_missing_field_is_where_the_template_writes_its_parent(build: Build) -> None:
    located = field_of(build({}), ("metadata",), absent=True)
    assert where(located) == ("charts/web/templates/map.yaml", 3, 1)


def test_a_key_at_fault_is_in_the_template_that_writes_it(build: Build) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  nmae: {{ .Values.env.A }}\n"
    located = field_of(
        build({"charts/web/templates/map.yaml": template}), ("metadata", "nmae"), key=True
    )
    assert where(located) == ("charts/web/templates/map.yaml", 4, 3)


def test_a_key_at_fault_is_in_the_values_that_bring_it(build: Build) -> None:
    located = field_of(build({}), ("data", "B"), key=True)
    assert where(located) == ("charts/web/values-prod.yaml", 2, 3)


def test_the_object_and_its_field_are_named(build: Build) -> None:
    resource = field_of(build({}), ("data", "fixed")).resource
    assert resource is not None
    assert (resource.kind, resource.namespace, resource.name, resource.field) == (
        "ConfigMap",
        "team",
        "web",
        "data.fixed",
    )


def test_a_plain_manifest_is_located_in_its_own_file(build: Build) -> None:
    located = field_of(build(TREE_OF_MANIFESTS), ("spec", "ports", 0, "port"))
    assert where(located) == ("plain/service.yaml", 6, 7)


TREE_OF_MANIFESTS = {
    "apps/web.yaml": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: plain}\n"
        "spec:\n  source: {repoURL: https://h/a/b, path: plain}\n"
    ),
    "plain/service.yaml": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n    - port: 80\n"
    ),
}


def test_rendered_text_that_is_no_yaml_leads_to_the_line_before_it(build: Build) -> None:
    deployment = build({})
    manifest = deployment.manifests[0]
    assert manifest.chart is not None
    lines = len(manifest.file.text.splitlines())
    place = RenderedPlace(manifest.chart, manifest.file, Span(lines + 1, 1, lines + 1, 1))
    assert where(Locator(deployment).locate(place)) == ("charts/web/templates/map.yaml", 9, 3)


def test_a_place_in_a_file_is_that_place(build: Build) -> None:
    deployment = build({})
    file = deployment.tree.read("charts/web/values.yaml")
    place = FilePlace(file, Span(2, 3, 2, 4))
    assert where(Locator(deployment).locate(place)) == ("charts/web/values.yaml", 2, 3)


SUBCHART = {
    "charts/web/Chart.yaml": (
        "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n"
        "  - name: cache\n    alias: store\n    version: 1.0.0\n    repository: https://c.example\n"
    ),
    "charts/web/charts/cache-1.0.0/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
    "charts/web/charts/cache-1.0.0/templates/map.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cache\n"
    ),
    "charts/web/templates/map.yaml": "",
}


def test_a_subchart_with_an_alias_is_found_in_its_folder(build: Build) -> None:
    located = field_of(build(SUBCHART), ("metadata", "name"))
    assert where(located) == ("charts/web/charts/cache-1.0.0/templates/map.yaml", 4, 3)
