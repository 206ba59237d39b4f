"""Which controller serves an Ingress, and which hosts and values are good for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.graph.ingress_annotations import FORMS, KEYS, REPLACED
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.graph.ingresses import covers

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.deployment import Deployment


@pytest.fixture
def serving(applied: Callable[..., Deployment]) -> Callable[..., Controller | None]:
    """The controller of the first Ingress among some objects."""

    def find(*objects: dict[str, Any]) -> Controller | None:
        wiring = applied(*objects).wiring
        return wiring.controllers.of(wiring.ingresses[0])

    return find


def ingress(class_name: str, *annotations: str, name: str = "web") -> dict[str, Any]:
    """An Ingress with annotations that say yes."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "annotations": dict.fromkeys(annotations, "true")},
        "spec": {"ingressClassName": class_name} if class_name else {},
    }


def ingress_class(name: str, controller: str, *, default: bool = False) -> dict[str, Any]:
    """An IngressClass."""
    notes = {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": name, "annotations": notes},
        "spec": {"controller": controller},
    }


@pytest.mark.parametrize(
    ("name", "controller"),
    [
        ("nginx", Controller.INGRESS_NGINX),
        ("nginx-internal", Controller.INGRESS_NGINX),
        ("nginx-plus", Controller.F5_NGINX),
        ("traefik", Controller.TRAEFIK),
        ("alb", Controller.ALB),
        ("public", None),
        ("", None),
    ],
)
def test_name_of_the_class_tells_the_controller(
    name: str, controller: Controller | None, serving: Callable[..., Controller | None]
) -> None:
    assert serving(ingress(name)) is controller


@pytest.mark.parametrize(
    ("stated", "controller"),
    [
        ("k8s.io/ingress-nginx", Controller.INGRESS_NGINX),
        ("k8s.io/internal-ingress-nginx", Controller.INGRESS_NGINX),
        ("nginx.org/ingress-controller", Controller.F5_NGINX),
        ("traefik.io/ingress-controller", Controller.TRAEFIK),
        ("ingress.k8s.aws/alb", Controller.ALB),
        ("example.com/own", None),
    ],
)
def test_ingress_class_of_the_tree_outweighs_its_name(
    stated: str, controller: Controller | None, serving: Callable[..., Controller | None]
) -> None:
    assert serving(ingress("nginx"), ingress_class("nginx", stated)) is controller


def test_default_class_serves_an_ingress_that_names_none(
    serving: Callable[..., Controller | None],
) -> None:
    made = ingress_class("edge", "traefik.io/ingress-controller", default=True)
    assert serving(ingress(""), made) is Controller.TRAEFIK


def test_class_whose_ingresses_carry_annotations_of_f5_alone_is_theirs(
    serving: Callable[..., Controller | None],
) -> None:
    assert serving(ingress("nginx", "nginx.org/hsts")) is Controller.F5_NGINX


def test_one_annotation_of_ingress_nginx_makes_the_class_its_own(
    serving: Callable[..., Controller | None],
) -> None:
    other = ingress("nginx", "nginx.ingress.kubernetes.io/ssl-redirect", name="other")
    assert serving(ingress("nginx", "nginx.org/hsts"), other) is Controller.INGRESS_NGINX


@pytest.mark.parametrize(
    ("name", "host", "good"),
    [
        ("example.com", "Example.com", True),
        ("*.example.com", "web.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "*.example.com", True),
        ("web.example.com", "*.example.com", False),
    ],
)
def test_wildcard_covers_one_label(name: str, host: str, good: bool) -> None:
    assert covers(name, host) is good


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("proxy-read-timeout", "3600", True),
        ("proxy-read-timeout", "60s", False),
        ("proxy-body-size", "8m", True),
        ("proxy-body-size", "8MB", False),
        ("ssl-redirect", "True", True),
        ("ssl-redirect", "off", False),
        ("ssl-redirect", "", True),
        ("backend-protocol", "grpc", True),
        ("backend-protocol", "H2C", False),
        ("custom-http-errors", "404, 503", True),
    ],
)
def test_form_takes_what_ingress_nginx_reads(
    name: str,
    value: str,
    good: bool,
) -> None:
    assert FORMS[name].takes(value) is good


def test_what_was_replaced_is_no_annotation_any_more() -> None:
    assert not KEYS & set(REPLACED)
