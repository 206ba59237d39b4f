"""What does not go together in the values of the chart plate-llm."""

from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.source.violations import ViolationKind
from tests.values.plate_llm_values import Found, Values, check, secret

PATHS = [{"path": "/", "pathType": "Prefix"}]
RULE = {"host": "a.example.org", "paths": PATHS}
BAD, MISSING = ViolationKind.BAD_VALUE, ViolationKind.MISSING_FIELD


def ingress(**values: Any) -> Values:
    return {"ingress": {"enabled": True, "hosts": [RULE], **values}}


def budget(**values: Any) -> Values:
    return {"podDisruptionBudget": {"enabled": True, **values}}


REFUSED: dict[str, tuple[Values, Found]] = {
    "a request above its limit": (
        {"resources": {"requests": {"memory": "4Gi"}}},
        [
            (
                BAD,
                ("resources", "requests", "memory"),
                "requests.memory (4Gi) is more than limits.memory (2Gi)",
            )
        ],
    ),
    "fewer replicas at most than at least": (
        {"autoscaling": {"minReplicas": 4, "maxReplicas": 3}},
        [(BAD, ("autoscaling", "minReplicas"), "minReplicas (4) is more than maxReplicas (3)")],
    ),
    "scaling by nothing": (
        {"autoscaling": {"enabled": True, "targetCPUUtilizationPercentage": None}},
        [
            (
                MISSING,
                ("autoscaling", "targetCPUUtilizationPercentage"),
                "autoscaling is enabled, but nothing says by which load",
            )
        ],
    ),
    "scaling by a request that is not made": (
        {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}},
        [
            (
                MISSING,
                ("resources", "requests", "cpu"),
                "autoscaling goes by a percentage of resources.requests.cpu, which is not set",
            )
        ],
    ),
    "a budget with two limits": (
        budget(minAvailable=1),
        [
            (
                BAD,
                ("podDisruptionBudget", "minAvailable"),
                "podDisruptionBudget needs exactly one of minAvailable and maxUnavailable",
            )
        ],
    ),
    "a budget with none": (
        budget(maxUnavailable=None),
        [
            (
                BAD,
                ("podDisruptionBudget", "minAvailable"),
                "podDisruptionBudget needs exactly one of minAvailable and maxUnavailable",
            )
        ],
    ),
    "a budget that lets no pod go": (
        budget(maxUnavailable="0%"),
        [
            (
                BAD,
                ("podDisruptionBudget", "maxUnavailable"),
                "maxUnavailable lets no pod go: no node with one could be drained",
            )
        ],
    ),
    "a budget that needs every pod": (
        {"replicaCount": 2, **budget(maxUnavailable=None, minAvailable=2)},
        [
            (
                BAD,
                ("podDisruptionBudget", "minAvailable"),
                "minAvailable (2) leaves no pod to evict of 2",
            )
        ],
    ),
    "a name in llm and in appSecrets": (
        {"llm": {"baseUrl": "https://x"}, "appSecrets": secret("LLM_BASE_URL")},
        [
            (
                BAD,
                ("appSecrets", "envVars", 0, "name"),
                "LLM_BASE_URL is set twice, by llm.baseUrl and by appSecrets.envVars[0]",
            )
        ],
    ),
    "a name in appSecrets and in extraEnv": (
        {"appSecrets": secret("A"), "extraEnv": [{"name": "A", "value": "x"}]},
        [
            (
                BAD,
                ("extraEnv", 0, "name"),
                "A is set twice, by appSecrets.envVars[0] and by extraEnv[0]",
            )
        ],
    ),
    "a name that the chart sets": (
        {"extraEnv": [{"name": "PORT", "value": "1"}]},
        [(BAD, ("extraEnv", 0, "name"), "PORT is set twice, by port and by extraEnv[0]")],
    ),
    "a variable with two values": (
        {"extraEnv": [{"name": "A", "value": "1", "valueFrom": {"fieldRef": {}}}]},
        [
            (
                BAD,
                ("extraEnv", 0, "valueFrom"),
                "`value` and `valueFrom` are both set: Kubernetes refuses that",
            )
        ],
    ),
    "an entry of no Secret": (
        {"appSecrets": {**secret("A"), "secretName": ""}},
        [
            (
                MISSING,
                ("appSecrets", "envVars", 0, "secretName"),
                "envVars[0] (A) names no Secret",
            )
        ],
    ),
    "a password in Git": (
        {"cache": {"url": "redis://:hunter2@plate-cache:6379"}},
        [
            (
                BAD,
                ("cache", "url"),
                "cache.url holds a password, which would lie readable in Git",
            )
        ],
    ),
    "a login without a key": (
        {"plateApi": {"url": ""}},
        [(BAD, ("auth", "mode"), "auth.mode is jwt, but nothing gives a key")],
    ),
    "no login in production": (
        {"auth": {"mode": "none"}, "llm": {"environment": "production"}},
        [(BAD, ("auth", "mode"), "auth.mode is none while llm.environment is production")],
    ),
    "a private key in Git": (
        {
            "auth": {
                "publicKey": "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n"
            }
        },
        [
            (
                BAD,
                ("auth", "publicKey"),
                "auth.publicKey holds a private key, which would lie readable in Git",
            )
        ],
    ),
    "a web page with a path": (
        {"http": {"corsOrigins": ["https://app.example.org/"]}},
        [
            (
                BAD,
                ("http", "corsOrigins", 0),
                "`corsOrigins[0]` must be an origin in small letters: scheme, host and perhaps a "
                "port, without a path",
            )
        ],
    ),
    "tracing without its key": (
        {"tracing": {"enabled": True}},
        [
            (
                MISSING,
                ("tracing", "enabled"),
                "tracing.enabled needs LANGCHAIN_API_KEY in appSecrets.envVars",
            )
        ],
    ),
    "tokens without the key that signs them": (
        {"tests": {"withToken": True}},
        [
            (
                MISSING,
                ("tests", "withToken"),
                "tests.withToken needs AUTH_JWT_SECRET in appSecrets.envVars",
            )
        ],
    ),
    "a chat without a token": (
        {"tests": {"chat": True}},
        [(BAD, ("tests", "chat"), "tests.chat needs tests.withToken")],
    ),
    "another target port": (
        {"service": {"targetPort": 8080}},
        [
            (
                BAD,
                ("service", "targetPort"),
                "service.targetPort (8080) is not the port on which the container listens "
                "(port: 8000)",
            )
        ],
    ),
    "metrics on the service's port": (
        {"metrics": {"port": 8000}},
        [(BAD, ("metrics", "port"), "port and metrics.port are both 8000")],
    ),
    "a scrape longer than its interval": (
        {"metrics": {"serviceMonitor": {"scrapeTimeout": "1m"}}},
        [
            (
                BAD,
                ("metrics", "serviceMonitor", "scrapeTimeout"),
                "scrapeTimeout (1m) is more than interval (30s)",
            )
        ],
    ),
    "no time left for streams": (
        {"shutdown": {"preStopSeconds": 25, "gracePeriodSeconds": 30}},
        [
            (
                BAD,
                ("shutdown", "gracePeriodSeconds"),
                "gracePeriodSeconds (30) must be more than preStopSeconds (25) + delaySeconds (2) "
                "+ 3",
            )
        ],
    ),
    "an Ingress without hosts": (
        ingress(hosts=[]),
        [
            (
                BAD,
                ("ingress", "hosts"),
                "ingress is enabled, but has no hosts: all traffic would be routed here",
            )
        ],
    ),
    "a rule without paths": (
        ingress(hosts=[{"host": "a.example.org", "paths": []}]),
        [(BAD, ("ingress", "hosts", 0, "paths"), "`paths` needs more entries: at least 1")],
    ),
    "a host twice": (
        ingress(hosts=[RULE, RULE]),
        [(BAD, ("ingress", "hosts", 1, "host"), "a.example.org has two rules")],
    ),
    "a certificate for a host without a rule": (
        ingress(tls=[{"secretName": "t", "hosts": ["b.example.org"]}]),
        [
            (
                BAD,
                ("ingress", "tls", 0, "hosts", 0),
                "b.example.org has a certificate, but no rule among hosts (a.example.org)",
            )
        ],
    ),
    "too much chance": (
        {"llm": {"temperature": 2.5}},
        [(BAD, ("llm", "temperature"), "`temperature` must be a number from 0 to 2")],
    ),
    "an empty tag": (
        {"image": {"tag": ""}},
        [(BAD, ("image", "tag"), "`tag` must be an image tag, which is never empty")],
    ),
    "settings of another strategy": (
        {"strategy": {"type": "Recreate"}},
        [(BAD, ("strategy", "rollingUpdate"), "`rollingUpdate` is refused with the type Recreate")],
    ),
    "two ways to probe": (
        {"livenessProbe": {"tcpSocket": {"port": "http"}}},
        [
            (
                BAD,
                ("livenessProbe", "tcpSocket"),
                "`tcpSocket` stands beside `httpGet`: a probe asks in one way",
            )
        ],
    ),
    "no way to probe": (
        {"livenessProbe": {"httpGet": None}},
        [
            (
                BAD,
                ("livenessProbe",),
                "a probe needs one of httpGet, tcpSocket, exec and grpc",
            )
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    values, found = REFUSED[case]
    assert check(values) == found


ACCEPTED: dict[str, Values] = {
    "settings left to the service": {"llm": {"temperature": "", "maxTokens": "", "baseUrl": ""}},
    "a temperature as number or text": {"llm": {"temperature": 0.7, "maxTokens": 4096}},
    "a temperature with its zeros": {"llm": {"temperature": "0.70"}},
    "a probe that is switched off": {"startupProbe": None},
    "another way to probe": {"livenessProbe": {"httpGet": None, "exec": {"command": ["true"]}}},
    "an entry with a Secret of its own": {
        "appSecrets": {**secret("A", secretName="own"), "secretName": ""}
    },
    "entries that are switched off": {"appSecrets": {**secret("PORT"), "enabled": False}},
    "a secret in place of a plain value": {
        "llm": {"baseUrl": ""},
        "appSecrets": secret("LLM_BASE_URL"),
    },
    "a login by secret": {"plateApi": {"url": ""}, "appSecrets": secret("AUTH_JWT_SECRET")},
    "the target port by number": {"port": 8080, "service": {"targetPort": 8080}},
    "a percentage of pods": budget(maxUnavailable=None, minAvailable="50%"),
    "a wildcard host": {
        "ingress": {"enabled": True, "hosts": [{"host": "*.example.org", "paths": PATHS}]}
    },
    "values of a parent chart": {"global": {"anything": [1]}},
    "cpu as a number": {"resources": {"limits": {"cpu": 2}, "requests": {"cpu": 1.5}}},
    "Recreate": {"strategy": {"type": "Recreate", "rollingUpdate": None}},
}


@pytest.mark.parametrize("values", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(values: Values) -> None:
    assert check(values) == []
