"""Our verdicts on structure against those of kubernetes-validate in strict mode."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs
from kubernetes_validate.utils import schema_contents  # type: ignore[import-untyped]  # no stubs
from referencing import Registry, Resource

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.schemas.violations import Violation, ViolationKind
from tests.schemas.conftest import deployment, manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.source.nodes import Route

VERSIONS = ("1.25", "1.31", "1.37")
STRUCTURE = {
    ViolationKind.UNKNOWN_FIELD,
    ViolationKind.MISPLACED_FIELD,
    ViolationKind.MISSING_FIELD,
    ViolationKind.WRONG_TYPE,
}

OBJECTS: dict[str, Any] = {
    "Deployment": deployment(
        container=(
            "env: [{name: A, value: a}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}],"
            "ports: [{name: http, containerPort: 8000}], "
            "resources: {limits: {cpu: 1, memory: 1Gi}},"
            "livenessProbe: {httpGet: {path: /, port: http}}, args: [a, b],"
            "securityContext: {runAsNonRoot: true, capabilities: {drop: [ALL]}}"
        ),
        pod=(
            "volumes: [{name: v, projected: {sources: [{secret: {name: s, items: []}}]}}],"
            "tolerations: [{key: a, operator: Exists}], nodeSelector: {a: b}"
        ),
        spec="replicas: 2, strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}",
    ),
    "Service": manifest(
        "{apiVersion: v1, kind: Service, metadata: {name: a, labels: {a: b}}, spec: {"
        "type: NodePort, selector: {a: b},"
        "ports: [{name: http, port: 80, targetPort: http, nodePort: 30000}]}}"
    ),
    "Ingress": manifest(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {"
        "ingressClassName: nginx, tls: [{secretName: s, hosts: [a.example.com]}],"
        "rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix,"
        "backend: {service: {name: a, port: {number: 80}}}}]}}]}}"
    ),
    "HorizontalPodAutoscaler": manifest(
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {"
        "minReplicas: 1, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a},"
        "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization,"
        "averageUtilization: 80}}}]}}"
    ),
    "NetworkPolicy": manifest(
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {"
        "podSelector: {}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]}}"
    ),
    "CronJob": manifest(
        "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: '@daily',"
        "jobTemplate: {spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never,"
        "containers: [{name: a, image: b}]}}}}}}"
    ),
    "Role": manifest(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a},"
        "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}"
    ),
    "Secret": manifest(
        "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {a: b}, immutable: true}"
    ),
}

REPLACEMENTS = [
    "text",
    "8000",
    1,
    0,
    -3,
    1.5,
    2.0,
    True,
    [],
    ["a"],
    {},
    {"a": "b"},
    [{"name": "a"}],
]


@cache
def oracle(version: str, kind: str) -> Draft202012Validator:
    """What kubernetes-validate builds for each document, built once."""
    api = OBJECTS[kind]["apiVersion"]
    group, _, number = api.rpartition("/")
    short = f"{group.split('.')[0]}-" if group else ""
    folder = f"kubernetes-json-schema/v{version}.0-local-strict"
    schema = schema_contents(f"{folder}/{kind.lower()}-{short}{number}.json", version)
    definitions = schema_contents(f"{folder}/_definitions.json", version)
    resources = [Resource.from_contents(content) for content in (schema, definitions)]
    registry: Registry[Any] = resources @ Registry()
    return Draft202012Validator(schema, registry=registry)


@cache
def catalog_of(version: str) -> SchemaCatalog:
    return SchemaCatalog(version)


def structural(version: str, obj: Any) -> list[Violation]:
    """What we find that a JSON Schema can find: without what we demand beyond the schemas."""
    return [
        violation
        for violation in catalog_of(version).check(obj).violations
        if violation.kind in STRUCTURE
        and not (violation.kind is ViolationKind.MISSING_FIELD and violation.suggestion == "image")
        and not violation.message.startswith("metadata.name")
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", OBJECTS)
def test_good_objects_are_good_to_both(version: str, kind: str) -> None:
    obj = copy.deepcopy(OBJECTS[kind])
    assert kubernetes_validate.validate(obj, version, strict=True) == version
    assert catalog_of(version).check(obj).violations == ()


def routes(value: Any, route: Route = ()) -> Iterator[Route]:
    yield route
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, (dict, list)):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield from routes(inner, (*route, step))


def at(obj: Any, route: Route) -> Any:
    for step in route:
        obj = obj[step]
    return obj


def _replace(parent: Any, step: Any, value: Any) -> None:
    parent[step] = value


def _remove(parent: Any, step: Any, _: Any) -> None:
    del parent[step]


def _rename(parent: Any, step: Any, _: Any) -> None:
    if isinstance(parent, dict):
        parent[f"{step}x"] = parent.pop(step)


def _add(parent: Any, _: Any, value: Any) -> None:
    if isinstance(parent, dict):
        parent["resources"] = value
    else:
        parent.append(value)


CHANGES: list[Callable[[Any, Any, Any], None]] = [_replace, _remove, _rename, _add]


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, str, Any]:
    """An object with one or two changes anywhere but in its identity."""
    kind = draw(st.sampled_from(sorted(OBJECTS)))
    obj = copy.deepcopy(OBJECTS[kind])
    for _ in range(draw(st.integers(1, 2))):
        places = [r for r in routes(obj) if r and r[0] not in {"apiVersion", "kind"}]
        if places:
            *way, step = draw(st.sampled_from(places))
            value = copy.deepcopy(draw(st.sampled_from(REPLACEMENTS)))
            draw(st.sampled_from(CHANGES))(at(obj, tuple(way)), step, value)
    return draw(st.sampled_from(VERSIONS)), kind, obj


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_both_agree_on_spoilt_objects(case: tuple[str, str, Any]) -> None:
    version, kind, obj = case
    theirs = [(list(e.absolute_path), e.message) for e in oracle(version, kind).iter_errors(obj)]
    ours = structural(version, obj)
    assert bool(theirs) == bool(ours), (theirs, ours)
