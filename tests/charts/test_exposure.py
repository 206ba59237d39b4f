"""Ingress, network policy and metrics: who can reach the service, and whom it can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.charts.conftest import Object, Render

CHART = "plate-llm"
NAMESPACE = "kubernetes.io/metadata.name"


def peer(namespace: str | None, **labels: str) -> dict[str, Any]:
    pods: dict[str, Any] = {"podSelector": {"matchLabels": labels} if labels else {}}
    if namespace:
        pods["namespaceSelector"] = {"matchLabels": {NAMESPACE: namespace}}
    return pods


def tcp(port: int) -> dict[str, Any]:
    return {"port": port, "protocol": "TCP"}


def policy(render: Render, values: dict[str, Any]) -> Object:
    rendered = render(CHART, {"networkPolicy": {"enabled": True, **values}})
    spec: Object = rendered.one("NetworkPolicy")["spec"]
    return spec


@pytest.mark.parametrize(
    ("env", "host", "secret"),
    [
        ("stg", "llm.cocdev.co.kr", "llm-cocdev-co-kr-tls"),
        ("prod", "llm-api.cocdev.co.kr", "llm-api-cocdev-co-kr-tls"),
    ],
)
def test_ingress_routes_its_host_alone(render: Render, env: str, host: str, secret: str) -> None:
    assert render(CHART, env=env).one("Ingress")["spec"] == {
        "ingressClassName": "nginx",
        "rules": [
            {
                "host": host,
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {
                                "service": {"name": f"plate-llm-{env}", "port": {"name": "http"}}
                            },
                        }
                    ]
                },
            }
        ],
        "tls": [{"secretName": secret, "hosts": [host]}],
    }


@pytest.mark.parametrize(("env", "redirect"), [("stg", "false"), ("prod", "true")])
def test_ingress_annotations(render: Render, env: str, redirect: str) -> None:
    assert render(CHART, env=env).one("Ingress")["metadata"]["annotations"] == {
        "acme.cert-manager.io/http01-edit-in-place": "true",
        "cert-manager.io/cluster-issuer": "letsencrypt-prod",
        "nginx.ingress.kubernetes.io/proxy-body-size": "20m",
        "nginx.ingress.kubernetes.io/proxy-buffering": "off",
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "600",
        "nginx.ingress.kubernetes.io/proxy-send-timeout": "600",
        "nginx.ingress.kubernetes.io/ssl-redirect": redirect,
    }


def test_everything_beyond_the_service_is_off_by_default(render: Render) -> None:
    kinds = {found["kind"] for found in render(CHART)}
    assert kinds == {"ServiceAccount", "Service", "Deployment"}


def test_policy_covers_the_pods_in_both_directions(render: Render) -> None:
    spec = policy(render, {})
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert spec["podSelector"]["matchLabels"] == {
        "app.kubernetes.io/name": "plate-llm",
        "app.kubernetes.io/instance": "release",
    }


def test_policy_lets_in_the_controller_and_the_monitoring(render: Render) -> None:
    assert policy(render, {})["ingress"] == [
        {
            "from": [peer("ingress-nginx", **{"app.kubernetes.io/name": "ingress-nginx"})],
            "ports": [tcp(8000)],
        },
        {"from": [peer("monitoring")], "ports": [tcp(9090)]},
    ]


def test_policy_lets_out_what_the_service_needs(render: Render) -> None:
    assert policy(render, {})["egress"] == [
        {
            "to": [peer("kube-system", **{"k8s-app": "kube-dns"})],
            "ports": [{"port": 53, "protocol": "UDP"}, tcp(53)],
        },
        {"to": [peer(None, **{"app.kubernetes.io/name": "plate-cache"})], "ports": [tcp(6379)]},
        {"to": [peer(None, **{"app.kubernetes.io/name": "plate-api"})], "ports": [tcp(8080)]},
        {
            "to": [
                {
                    "ipBlock": {
                        "cidr": "0.0.0.0/0",
                        "except": [
                            "10.0.0.0/8",
                            "100.64.0.0/10",
                            "127.0.0.0/8",
                            "169.254.0.0/16",
                            "172.16.0.0/12",
                            "192.168.0.0/16",
                        ],
                    }
                }
            ],
            "ports": [tcp(443)],
        },
    ]


def test_policy_follows_a_cache_in_another_namespace(render: Render) -> None:
    cache = {"namespace": "caches", "podLabels": {"app": "valkey"}, "port": 6380}
    assert policy(render, {"cache": cache})["egress"][1]["to"][0]["namespaceSelector"] == {
        "matchLabels": {NAMESPACE: "caches"}
    }


def test_policy_takes_further_rules(render: Render) -> None:
    inwards = [{"from": [peer("plate-web")], "ports": [tcp(8000)]}]
    outwards = [{"to": [peer("gpu")], "ports": [tcp(8000)]}]
    spec = policy(render, {"extraIngress": inwards, "extraEgress": outwards})
    assert (spec["ingress"][-1:], spec["egress"][-1:]) == (inwards, outwards)


def test_the_ingress_cannot_reach_the_metrics(render: Render) -> None:
    rendered = render(CHART, {"service": {"type": "LoadBalancer"}}, env="stg")
    services = {found["metadata"]["name"]: found["spec"] for found in rendered.of("Service")}
    assert [port["name"] for port in services["plate-llm-stg"]["ports"]] == ["http"]
    assert services["plate-llm-stg-metrics"]["clusterIP"] == "None"


def test_the_monitor_selects_the_metrics_service_alone(render: Render) -> None:
    rendered = render(CHART, env="stg")
    monitor = rendered.one("ServiceMonitor")["spec"]
    wanted = monitor["selector"]["matchLabels"].items()
    selected = [
        found["metadata"]["name"]
        for found in rendered.of("Service")
        if wanted <= found["metadata"]["labels"].items()
    ]
    assert selected == ["plate-llm-stg-metrics"]
    assert monitor["endpoints"] == [
        {"port": "metrics", "path": "/metrics", "interval": "30s", "scrapeTimeout": "10s"}
    ]
    assert monitor["namespaceSelector"] == {"matchNames": ["plate-stg"]}


def test_the_monitor_carries_the_labels_that_prometheus_looks_for(render: Render) -> None:
    values = {"metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prom"}}}}
    assert render(CHART, values).one("ServiceMonitor")["metadata"]["labels"]["release"] == "prom"
