"""What leads to what: workloads, Services and Ingresses, read from unchecked objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.graph.workloads import matches, selects

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.wiring import Wiring

LABELS = {"app": "web", "tier": "front"}


@pytest.fixture
def wired(applied: Callable[..., Deployment]) -> Callable[..., Wiring]:
    """The wiring of some objects in namespace web."""
    return lambda *objects: applied(*objects).wiring


def deployment(**pod: Any) -> dict[str, Any]:
    """A Deployment whose pods have LABELS."""
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "web"}], **pod}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": template},
    }


def service(selector: Any, *ports: dict[str, Any]) -> dict[str, Any]:
    """A Service."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": selector, "ports": list(ports)},
    }


def test_service_finds_the_pods_that_have_all_its_labels(wired: Callable[..., Wiring]) -> None:
    wiring = wired(deployment(), service({"app": "web"}))
    (found,) = wiring.services
    assert [item.label for item in found.workloads] == ["Deployment web"]
    assert wiring.service(wiring.services[0].place, "web") is found


@pytest.mark.parametrize("selector", [{"app": "web", "tier": "back"}, {}, None, "app", {"app": 1}])
def test_service_finds_no_others(selector: Any, wired: Callable[..., Wiring]) -> None:
    assert wired(deployment(), service(selector)).services[0].workloads == ()


def test_pods_of_a_job_are_behind_no_service(wired: Callable[..., Wiring]) -> None:
    job = deployment() | {"apiVersion": "batch/v1", "kind": "Job"}
    assert wired(job, service({"app": "web"})).services[0].workloads == ()


def test_port_of_a_service_leads_to_its_own_number_unless_told_otherwise(
    wired: Callable[..., Wiring],
) -> None:
    ports = ({"port": 80}, {"port": 81, "targetPort": "http", "name": "web"}, {"name": "none"})
    (found,) = wired(service({"app": "web"}, *ports)).services
    assert [(port.number, port.target, port.explicit) for port in found.ports] == [
        (80, 80, False),
        (81, "http", True),
        (None, None, False),
    ]
    assert found.port(81) == found.port("web")
    assert found.port(8080) is None


def test_containers_are_known_with_their_ports(wired: Callable[..., Wiring]) -> None:
    (workload,) = wired(
        deployment(
            initContainers=[{"name": "first"}, {"name": "proxy", "restartPolicy": "Always"}],
            containers=[
                {"name": "web", "ports": [{"name": "http", "containerPort": 8080}, {"name": "x"}]}
            ],
        )
    ).workloads
    assert [(item.name, item.starts_first) for item in workload.containers] == [
        ("first", True),
        ("proxy", False),
        ("web", False),
    ]
    assert [item.name for item in workload.lasting] == ["proxy", "web"]
    (port,) = workload.containers[2].ports
    assert (port.number, port.name, port.protocol) == (8080, "http", "TCP")
    assert port.route == ("spec", "template", "spec", "containers", 0, "ports", 0)
    assert workload.labels == LABELS


def test_routes_of_an_ingress_name_where_they_stand(wired: Callable[..., Wiring]) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {
        "host": "a.example",
        "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
    }
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web", "annotations": {"kubernetes.io/ingress.class": "nginx"}},
        "spec": {
            "defaultBackend": {"service": {"name": "other", "port": {"name": "http"}}},
            "rules": [rule, {"host": "b.example"}],
            "tls": [{"hosts": ["a.example"], "secretName": "a-tls"}],
        },
    }
    (found,) = wired(ingress).ingresses
    default, first = found.routes
    assert (default.host, default.service, default.port) == ("", "other", "http")
    assert (first.host, first.path, first.path_type, first.service, first.port) == (
        *("a.example", "/", "Prefix"),
        *("web", 80),
    )
    assert first.host_route == ("spec", "rules", 0, "host")
    assert first.backend_route == ("spec", "rules", 0, "http", "paths", 0, "backend")
    assert (found.class_name, found.hosts) == ("nginx", ("a.example",))
    assert [(item.hosts, item.secret) for item in found.tls] == [(("a.example",), "a-tls")]


def test_object_is_found_by_kind_and_name_in_its_namespace(wired: Callable[..., Wiring]) -> None:
    wiring = wired(deployment(), service({}))
    place = wiring.workloads[0].place
    assert wiring.find(place, "Service", "web") is wiring.services[0].manifest
    assert wiring.find(place, "Service", "wep") is None
    assert wiring.find((place[0], "other"), "Service", "web") is None
    assert wiring.names(place, "Deployment") == ("web",)


@pytest.mark.parametrize(
    ("selector", "picked"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "gone", "operator": "NotIn", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_label_selector_picks_as_the_api_server_does(selector: Any, picked: bool) -> None:
    assert matches(selector, LABELS) is picked


def test_equality_needs_every_label() -> None:
    assert selects({"app": "web"}, LABELS)
    assert not selects({"app": "web", "track": "stable"}, LABELS)
