"""Items that Kubernetes takes for one and the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.schemas.versions import known_versions
from tests.schemas.conftest import deployment, found, manifest

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Route

CONTAINER: Route = ("spec", "template", "spec", "containers", 0)
SHADOWED = "Kubernetes takes both for one item and later changes may lose one: remove one."
REFUSED = "Remove or rename one of the two."


@pytest.mark.parametrize("version", [known_versions()[0], known_versions()[-1]])
def test_two_variables_of_one_name_are_shadowed(version: str) -> None:
    obj = deployment("env: [{name: A, value: x}, {name: B}, {name: A, value: z}]")
    assert found(SchemaCatalog(version).check(obj).violations) == [
        (
            "shadowed-item",
            (*CONTAINER, "env", 2),
            'the list has name "A" already, at [0]',
            SHADOWED,
        )
    ]


def test_a_port_without_protocol_is_tcp(catalog: SchemaCatalog) -> None:
    obj = deployment("ports: [{containerPort: 1}, {containerPort: 1, protocol: TCP}]")
    (violation,) = catalog.check(obj).violations
    assert violation.kind.value == "shadowed-item"
    assert violation.message == ('the list has containerPort 1 and protocol "TCP" already, at [0]')


def test_ports_of_two_protocols_differ(catalog: SchemaCatalog) -> None:
    obj = deployment("ports: [{containerPort: 1}, {containerPort: 1, protocol: UDP}]")
    assert catalog.check(obj).violations == ()


@pytest.mark.parametrize(
    ("parts", "route", "what"),
    [
        (
            {"container": "ports: [{name: a, containerPort: 1}, {name: a, containerPort: 2}]"},
            (*CONTAINER, "ports", 1),
            'name "a"',
        ),
        (
            {"pod": "volumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}]"},
            ("spec", "template", "spec", "volumes", 1),
            'name "v"',
        ),
        (
            {"container": "volumeMounts: [{name: a, mountPath: /x}, {name: b, mountPath: /x}]"},
            (*CONTAINER, "volumeMounts", 1),
            'mountPath "/x"',
        ),
    ],
)
def test_what_the_api_server_refuses_is_an_error(
    catalog: SchemaCatalog, parts: dict[str, str], route: Route, what: str
) -> None:
    assert found(catalog.check(deployment(**parts)).violations) == [
        ("duplicate-item", route, f"the list has {what} already, at [0]", REFUSED)
    ]


def test_a_service_may_not_have_a_port_twice(catalog: SchemaCatalog) -> None:
    obj = manifest(
        "{apiVersion: v1, kind: Service, metadata: {name: a}, "
        "spec: {ports: [{name: x, port: 80}, {name: z, port: 80, protocol: TCP}]}}"
    )
    (violation,) = catalog.check(obj).violations
    assert (violation.kind.value, violation.route) == ("duplicate-item", ("spec", "ports", 1))
