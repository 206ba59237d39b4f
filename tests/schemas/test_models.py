"""Our own models: they know every field of their operators, and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.schemas.models import find_model
from plate_llm_cli.schemas.violations import SchemaSource
from tests.schemas.conftest import found, manifest

if TYPE_CHECKING:
    from plate_llm_cli.schemas.catalog import SchemaCatalog

UPSTREAM: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("upstream-fields.json").read_text()
)["fields"]
"""Every field of the kinds, as the operators' own types have them: `spec.data[].secretKey`."""

ROUTES = [
    pytest.param(api, kind, fields.split(), id=f"{api} {kind}")
    for api, kinds in UPSTREAM.items()
    for kind, fields in kinds.items()
]

GOOD = {
    "vault by Kubernetes auth": """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: openbao}
        spec:
          refreshInterval: 0
          retrySettings: {maxRetries: 5, retryInterval: 10s}
          provider:
            vault:
              server: https://openbao.example.com
              path: secret
              version: v2
              caProvider: {type: ConfigMap, name: ca, key: ca.crt}
              auth:
                kubernetes:
                  mountPath: kubernetes
                  role: reader
                  serviceAccountRef: {name: eso, audiences: [openbao]}
    """,
    "vault by token, for chosen namespaces": """
        apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {name: openbao}
        spec:
          conditions:
            - namespaces: [plate-stg]
            - namespaceSelector: {matchLabels: {env: prod}}
          provider:
            vault:
              server: https://openbao.example.com
              auth:
                tokenSecretRef: {name: token, namespace: external-secrets, key: token}
    """,
    "a pull secret by template": """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: harbor}
        spec:
          refreshInterval: 1h0m0s
          refreshPolicy: Periodic
          secretStoreRef: {name: openbao, kind: ClusterSecretStore}
          target:
            name: harbor
            creationPolicy: Owner
            deletionPolicy: Retain
            template:
              engineVersion: v2
              mergePolicy: Replace
              type: kubernetes.io/dockerconfigjson
              metadata: {labels: {a: b}, annotations: {c: d}}
              data: {.dockerconfigjson: '{"auths":{}}'}
          data:
            - secretKey: password
              remoteRef:
                key: harbor/staging
                property: password
                conversionStrategy: Default
                decodingStrategy: None
                metadataPolicy: None
                nullBytePolicy: Ignore
          dataFrom:
            - extract: {key: server/staging}
              rewrite: [{regexp: {source: a, target: b}}]
            - find: {path: x, name: {regexp: .*}, tags: {a: b}}
            - sourceRef: {generatorRef: {apiVersion: v1, kind: Password, name: p}}
    """,
    "a secret for many namespaces": """
        apiVersion: external-secrets.io/v1
        kind: ClusterExternalSecret
        metadata: {name: cluster-env}
        spec:
          externalSecretName: cluster-env
          externalSecretMetadata: {labels: {a: b}}
          namespaceSelectors: [{matchExpressions: [{key: env, operator: In, values: [stg]}]}]
          refreshTime: 1m
          externalSecretSpec:
            secretStoreRef: {name: openbao, kind: ClusterSecretStore}
            dataFrom: [{extract: {key: server/cluster}}]
    """,
    "another provider, not modelled field by field": """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: aws}
        spec: {provider: {aws: {service: SecretsManager, region: eu, anything: [1]}}}
    """,
    "a service monitor": """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          namespaceSelector: {matchNames: [plate-stg]}
          sampleLimit: 10000
          endpoints:
            - port: metrics
              interval: 30s
              scrapeTimeout: 10s
              path: /metrics
              scheme: https
              tlsConfig: {insecureSkipVerify: true, ca: {secret: {name: a, key: b}}}
              basicAuth: {username: {name: a, key: u}, password: {name: a, key: p}}
              relabelings: [{sourceLabels: [a], action: replace, targetLabel: b}]
    """,
    "alerts": """
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: web}
        spec:
          groups:
            - name: web
              interval: 1m
              rules:
                - {alert: Down, expr: up == 0, for: 5m, labels: {severity: page}}
                - {record: one, expr: 1}
    """,
    "let's encrypt by http01": """
        apiVersion: cert-manager.io/v1
        kind: ClusterIssuer
        metadata: {name: letsencrypt}
        spec:
          acme:
            server: https://acme-v02.api.letsencrypt.org/directory
            email: ops@example.com
            privateKeySecretRef: {name: account}
            solvers:
              - http01: {ingress: {ingressClassName: nginx, podTemplate: {spec: {x: y}}}}
              - selector: {dnsZones: [example.com]}
                dns01: {cloudflare: {apiTokenSecretRef: {name: cf, key: token}}}
    """,
    "a certificate": """
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: web}
        spec:
          secretName: web-tls
          dnsNames: [app.example.com]
          duration: 2160h
          renewBefore: 360h
          privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
          usages: [server auth, digital signature]
          issuerRef: {name: letsencrypt, kind: ClusterIssuer, group: cert-manager.io}
    """,
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_teams_write_is_fine(catalog: SchemaCatalog, text: str) -> None:
    result = catalog.check(manifest(text))
    assert (result.source, result.violations) == (SchemaSource.MODEL, ())


@pytest.mark.parametrize(("api", "kind", "fields"), ROUTES)
def test_no_field_of_the_operator_is_unknown(
    catalog: SchemaCatalog, api: str, kind: str, fields: list[str]
) -> None:
    """A missing one would be a false alarm in somebody's tree."""
    known = catalog.knows
    missing = [field for field in fields if not known(api, kind, _steps(field))]
    assert missing == []


def _steps(field: str) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    for part in field.split("."):
        steps.append(part.removesuffix("[]"))
        if part.endswith("[]"):
            steps.append(0)
    return tuple(steps)


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        (
            "a pull secret by template",
            {"refreshInterval": "1day"},
            (
                "bad-value",
                ("spec", "refreshInterval"),
                'expected a duration such as 30s, 15m or 1h, got "1day"',
                "",
            ),
        ),
        (
            "a pull secret by template",
            {"secretStoreRef": {"name": "a", "kind": "ClusterSecretstore"}},
            (
                "bad-value",
                ("spec", "secretStoreRef", "kind"),
                'expected SecretStore or ClusterSecretStore, got "ClusterSecretstore"',
                'Did you mean "ClusterSecretStore"?',
            ),
        ),
        (
            "a pull secret by template",
            {"data": [{"secretKey": "a", "remoteRef": {"path": "x"}}]},
            (
                "missing-field",
                ("spec", "data", 0, "remoteRef"),
                'required field "key" is missing',
                "",
            ),
        ),
        (
            "vault by Kubernetes auth",
            {"provider": {"vault": {"server": "https://a"}, "aws": {}}},
            ("bad-value", ("spec", "provider"), "expected at most 1 entry", ""),
        ),
        (
            "a service monitor",
            {"endpoints": [{"port": 9090}]},
            (
                "wrong-type",
                ("spec", "endpoints", 0, "port"),
                "expected string, got integer 9090",
                'Quote it: "9090" (in a template: | quote).',
            ),
        ),
        (
            "a service monitor",
            {"zzz": 1},
            (
                "unknown-field",
                ("spec", "zzz"),
                'unknown field "zzz"',
                "Kubernetes would drop or refuse it. "
                "If your operator knows it, give its CRD with --crds DIR.",
            ),
        ),
    ],
)
def test_mistakes(
    catalog: SchemaCatalog, name: str, change: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    obj = manifest(GOOD[name])
    obj["spec"].update(change)
    assert expected in found(catalog.check(obj).violations)


def test_there_is_no_model_without_spec(catalog: SchemaCatalog) -> None:
    text = "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}}"
    (violation,) = catalog.check(manifest(text)).violations
    assert violation.suggestion == "spec"


@pytest.mark.parametrize(
    ("group", "version", "kind"),
    [
        ("external-secrets.io", "v1", "PushSecret"),
        ("external-secrets.io", "v9", "ExternalSecret"),
        ("../crds/external-secrets.io", "v1", "ExternalSecret"),
    ],
)
def test_other_kinds_have_no_model(group: str, version: str, kind: str) -> None:
    assert find_model(group, version, kind) is None
