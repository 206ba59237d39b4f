"""Mistakes between two values: the message names both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.charts.conftest import Refuse

CHART = "plate-llm"
HOST = {"host": "a.example.org", "paths": [{"path": "/", "pathType": "Prefix"}]}


def secret(name: str, **more: str) -> dict[str, Any]:
    entry = {"name": name, "secretKey": name, **more}
    return {"enabled": True, "secretName": "s", "envVars": [entry]}


def ingress(**values: Any) -> dict[str, Any]:
    return {"ingress": {"enabled": True, "hosts": [HOST], **values}}


REFUSALS = {
    "a name in llm and in appSecrets": (
        {"llm": {"baseUrl": "https://x"}, "appSecrets": secret("LLM_BASE_URL")},
        "LLM_BASE_URL is set twice, by llm.baseUrl and by appSecrets.envVars[0]: keep one",
    ),
    "a name in appSecrets and in extraEnv": (
        {
            "appSecrets": secret("OPENAI_API_KEY"),
            "extraEnv": [{"name": "OPENAI_API_KEY", "value": "x"}],
        },
        "OPENAI_API_KEY is set twice, by appSecrets.envVars[0] and by extraEnv[0]: keep one",
    ),
    "a name twice in extraEnv": (
        {"extraEnv": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
        "A is set twice, by extraEnv[0] and by extraEnv[1]: keep one",
    ),
    "PORT beside port": (
        {"extraEnv": [{"name": "PORT", "value": "1"}]},
        "PORT is set twice, by port and by extraEnv[0]: keep one",
    ),
    "a Secret's entry without a key": (
        {"appSecrets": {"enabled": True, "secretName": "s", "envVars": [{"name": "A"}]}},
        "appSecrets.envVars[0] needs a name and a secretKey",
    ),
    "a Secret without a name": (
        {"appSecrets": secret("A") | {"secretName": ""}},
        "appSecrets.envVars[0] (A) names no Secret: set its secretName or appSecrets.secretName",
    ),
    "a password in a plain value": (
        {"cache": {"url": "redis://:hunter2@plate-cache:6379"}},
        "cache.url holds a password, which would lie readable in Git: "
        "put CACHE_URL into appSecrets.envVars",
    ),
    "jwt without any key": (
        {"plateApi": {"url": ""}},
        "auth.mode is jwt, but nothing gives a key: "
        "set plateApi.url, auth.jwksUrl, auth.publicKey or AUTH_JWT_SECRET in appSecrets.envVars",
    ),
    "a private key in Git": (
        {"auth": {"publicKey": "-----BEGIN PRIVATE KEY-----"}},
        "auth.publicKey holds a private key, which would lie readable in Git: "
        "tokens are verified with the public half",
    ),
    "no login in production": (
        {"auth": {"mode": "none"}, "llm": {"environment": "production"}},
        "auth.mode is none while llm.environment is production: use jwt",
    ),
    "the built-in model in production": (
        {"llm": {"environment": "production", "models": ["openai:a", "builtin:echo"]}},
        "llm.models[1] names the built-in model while llm.environment is production",
    ),
    "the built-in model as the default in production": (
        {"llm": {"environment": "production", "modelName": "builtin:echo"}},
        "llm.modelName names the built-in model while llm.environment is production",
    ),
    "the built-in model for bad times in production": (
        {"llm": {"environment": "production", "fallbackModels": ["builtin:echo"]}},
        "llm.fallbackModels[0] names the built-in model while llm.environment is production",
    ),
    "a fallback that is none of the models": (
        {"llm": {"fallbackModels": ["gpt-4o-mini", "openai:c"]}},
        "llm.fallbackModels[1] (openai:c) is none of the models: add it to llm.models",
    ),
    "two models of one name": (
        {"llm": {"models": ["openai:a", {"model": "anthropic:b", "aliases": ["a"]}]}},
        "the model a is named twice, by llm.models[0] and by llm.models[1]",
    ),
    "a model with the default's name": (
        {"llm": {"models": ["openai-compatible:gpt-4o-mini"], "baseUrl": "https://x"}},
        "the model gpt-4o-mini is named twice, by llm.modelName and by llm.models[0]",
    ),
    "a compatible model without an address": (
        {"llm": {"models": ["openai-compatible:a"]}},
        "llm.models[0] is openai-compatible, which needs llm.baseUrl",
    ),
    "limits of no model": (
        {"llm": {"models": [{"name": "a"}]}},
        "llm.models[0] needs a model: <provider>:<model>",
    ),
    "tracing without its key": (
        {"tracing": {"enabled": True}},
        "tracing.enabled needs LANGCHAIN_API_KEY in appSecrets.envVars",
    ),
    "tokens without the key that signs them": (
        {"tests": {"withToken": True}},
        "tests.withToken needs AUTH_JWT_SECRET in appSecrets.envVars: no other key makes tokens",
    ),
    "a chat without a token": (
        {"tests": {"chat": True}},
        "tests.chat needs tests.withToken: the service answers nobody without a token",
    ),
    "another target port": (
        {"service": {"targetPort": 8080}},
        "service.targetPort (8080) is not the port on which the container listens (port: 8000): "
        "leave it null",
    ),
    "a port that moved without its target": (
        {"port": 8080, "service": {"targetPort": 8000}},
        "service.targetPort (8000) is not the port on which the container listens (port: 8080): "
        "leave it null",
    ),
    "metrics on the service's port": (
        {"metrics": {"port": 8000}},
        "port and metrics.port are both 8000: the metrics need a port of their own",
    ),
    "no time left for streams": (
        {"shutdown": {"preStopSeconds": 25, "gracePeriodSeconds": 30}},
        "shutdown.gracePeriodSeconds (30) must be more than shutdown.preStopSeconds (25) "
        "+ shutdown.delaySeconds (2) + 3: nothing is left for running streams",
    ),
    "an empty tag": (
        {"image": {"tag": ""}},
        "image.tag is empty: give a tag, or null for the chart's appVersion",
    ),
    "an Ingress without hosts": (
        ingress(hosts=[]),
        "ingress.enabled is true, but ingress.hosts is empty: "
        "without a host all traffic would be routed here",
    ),
    "a rule without a host": (
        ingress(hosts=[{"paths": HOST["paths"]}]),
        "ingress.hosts[0] has no host: all traffic would be routed here",
    ),
    "a rule without paths": (
        ingress(hosts=[{"host": "a.example.org"}]),
        "ingress.hosts[0] (a.example.org) has no paths",
    ),
    "a host twice": (
        ingress(hosts=[HOST, HOST]),
        "ingress.hosts names a.example.org twice: put its paths into one entry",
    ),
    "a TLS host without a rule": (
        ingress(tls=[{"secretName": "t", "hosts": ["b.example.org"]}]),
        "ingress.tls[0].hosts names b.example.org, which is none of ingress.hosts (a.example.org)",
    ),
    "TLS without a Secret": (
        ingress(tls=[{"hosts": ["a.example.org"]}]),
        "ingress.tls[0] has no secretName: nginx would answer with its own certificate",
    ),
    "fewer replicas at most than at least": (
        {"autoscaling": {"enabled": True, "minReplicas": 4, "maxReplicas": 3}},
        "autoscaling.minReplicas (4) is more than autoscaling.maxReplicas (3)",
    ),
    "scaling on nothing": (
        {"autoscaling": {"enabled": True, "targetCPUUtilizationPercentage": None}},
        "autoscaling.enabled needs autoscaling.targetCPUUtilizationPercentage "
        "or autoscaling.targetMemoryUtilizationPercentage",
    ),
    "scaling on a request that is not made": (
        {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}},
        "autoscaling scales on cpu, a percentage of resources.requests.cpu, which is not set",
    ),
    "a budget with both limits": (
        {"podDisruptionBudget": {"enabled": True, "minAvailable": 1}},
        "podDisruptionBudget needs exactly one of minAvailable and maxUnavailable: "
        "set the other to null",
    ),
    "a budget with no limit": (
        {"podDisruptionBudget": {"enabled": True, "maxUnavailable": None}},
        "podDisruptionBudget needs exactly one of minAvailable and maxUnavailable: "
        "set the other to null",
    ),
    "a budget that spares nothing": (
        {"podDisruptionBudget": {"enabled": True, "maxUnavailable": 0}},
        "podDisruptionBudget allows no disruption at all: no node with such a pod could be drained",
    ),
    "a budget that needs every pod": (
        {
            "replicaCount": 2,
            "podDisruptionBudget": {"enabled": True, "maxUnavailable": None, "minAvailable": 2},
        },
        "podDisruptionBudget.minAvailable (2) leaves no pod to evict of 2: "
        "no node with such a pod could be drained",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused(refuse: Refuse, case: str) -> None:
    values, message = REFUSALS[case]
    assert refuse(CHART, values).endswith(message)


SECRETS = "openbao-secrets-manager"
ENTRY = {"name": "a", "path": "p"}

SECRETS_REFUSALS = {
    "no role": (
        {"openbao": {"auth": {"kubernetes": {"role": ""}}}},
        "openbao.auth.kubernetes.role is empty: name the role in OpenBao that may read these paths",
    ),
    "no account": (
        {"openbao": {"auth": {"kubernetes": {"serviceAccount": {"create": False, "name": ""}}}}},
        "openbao.auth.kubernetes.serviceAccount.name is empty: "
        "name the service account that the role is bound to",
    ),
    "an account elsewhere": (
        {"openbao": {"auth": {"kubernetes": {"serviceAccount": {"namespace": "other"}}}}},
        "openbao.auth.kubernetes.serviceAccount.create makes the account in the release's "
        "namespace (plate-stg), not in serviceAccount.namespace (other)",
    ),
    "a login it does not know": (
        {"openbao": {"auth": {"method": "approle"}}},
        'openbao.auth.method is "approle": use kubernetes or token',
    ),
    "a CA from another namespace": (
        {"openbao": {"caProvider": {"type": "Secret", "name": "ca", "namespace": "other"}}},
        "openbao.caProvider.namespace is for the cluster store: "
        "a SecretStore reads its own namespace only",
    ),
    "an interval that ArgoCD would fight over": (
        {"refreshInterval": "1h"},
        'refreshInterval is "1h": write it as the operator does, for example 1h0m0s or 15m0s, '
        "or ArgoCD sees a difference for ever",
    ),
    "secrets without a store": (
        {"store": {"enabled": False}},
        "externalSecrets needs store.enabled: nothing else could read the secrets",
    ),
    "cluster secrets without a cluster store": (
        {"clusterExternalSecrets": [ENTRY]},
        "clusterExternalSecrets needs clusterStore.enabled: nothing else could read the secrets",
    ),
    "an entry without a path": (
        {"externalSecrets": [{"name": "a"}]},
        "externalSecrets[0] needs a name and a path",
    ),
    "an unknown type": (
        {"externalSecrets": [ENTRY | {"type": "kubernetes.io/tls"}]},
        'externalSecrets[0].type is "kubernetes.io/tls": '
        "use Opaque or kubernetes.io/dockerconfigjson",
    ),
    "one Secret from two entries": (
        {"externalSecrets": [ENTRY, ENTRY | {"path": "q"}]},
        "externalSecrets names a twice: both would write the same Secret",
    ),
    "a cluster store for everybody": (
        {"clusterStore": {"enabled": True}},
        "clusterStore.namespaces is empty: "
        "every namespace of the cluster could read through the store",
    ),
}


@pytest.mark.parametrize("case", SECRETS_REFUSALS)
def test_refused_by_the_secrets_chart(refuse: Refuse, case: str) -> None:
    values, message = SECRETS_REFUSALS[case]
    assert refuse(SECRETS, values, env="stg").endswith(message)
