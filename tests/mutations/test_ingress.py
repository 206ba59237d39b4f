"""Ingresses: hosts, certificates, and what ingress-nginx is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import DEFAULTS, PROD, PROJECT, STG, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "an Ingress leads to another Service",
        Edit(
            f"{TEMPLATES}/ingress.yaml",
            'name: {{ include "plate-llm.fullname" $ }}',
            'name: {{ include "plate-llm.name" $ }}-web',
        ),
        Expected(
            "error missing-backend",
            f"{TEMPLATES}/ingress.yaml",
            'name: {{ include "plate-llm.name" $ }}-web',
        ),
        Expected(
            "error missing-backend",
            f"{TEMPLATES}/ingress.yaml",
            'name: {{ include "plate-llm.name" $ }}-web',
        ),
    ),
    broken(
        "an Ingress leads to a port that the Service lacks",
        Edit(f"{TEMPLATES}/ingress.yaml", "name: http\n", "name: https\n"),
        Expected("error missing-backend", f"{TEMPLATES}/ingress.yaml", "name: https"),
        Expected("error missing-backend", f"{TEMPLATES}/ingress.yaml", "name: https"),
    ),
    broken(
        "production takes staging's host",
        (
            Edit(PROD, "    - host: llm-api.cocdev.co.kr\n", "    - host: llm.cocdev.co.kr\n"),
            Edit(PROD, "        - llm-api.cocdev.co.kr", "        - llm.cocdev.co.kr"),
        ),
        Expected("error conflicting-route", STG, "- path: /"),
    ),
    broken(
        "a host is in the rules twice",
        Edit(
            STG,
            "  tls:\n",
            (
                "    - host: llm.cocdev.co.kr\n"
                "      paths:\n"
                "        - path: /v2\n"
                "          pathType: Prefix\n"
                "  tls:\n"
            ),
        ),
        Expected("error invalid-value", STG, "- host: llm.cocdev.co.kr", nth=2),
    ),
    broken(
        "a host has no certificate",
        Edit(
            STG,
            "  tls:\n",
            (
                "    - host: chat.cocdev.co.kr\n"
                "      paths:\n"
                "        - path: /\n"
                "          pathType: Prefix\n"
                "  tls:\n"
            ),
        ),
        Expected("warning uncovered-host", STG, "- host: chat.cocdev.co.kr"),
    ),
    broken(
        "a path is a regular expression of type Prefix",
        Edit(STG, "- path: /\n", "- path: /v1(/|$)(.*)\n"),
        Expected("warning refused-path", STG, "pathType: Prefix"),
    ),
    broken(
        "the metrics are on the Ingress",
        Edit(
            f"{TEMPLATES}/ingress.yaml",
            (
                '                name: {{ include "plate-llm.fullname" $ }}\n'
                "                port:\n"
                "                  name: http"
            ),
            (
                '                name: {{ include "plate-llm.fullname" $ }}-metrics\n'
                "                port:\n"
                "                  name: metrics"
            ),
        ),
        Expected("warning exposed-metrics", f"{TEMPLATES}/ingress.yaml", "name: metrics"),
        Expected("warning exposed-metrics", f"{TEMPLATES}/ingress.yaml", "name: metrics"),
    ),
    broken(
        "an annotation is misspelt",
        Edit(
            DEFAULTS,
            "nginx.ingress.kubernetes.io/proxy-read-timeout",
            "nginx.ingress.kubernetes.io/proxy-read-timeouts",
        ),
        Expected(
            "warning ignored-annotation",
            DEFAULTS,
            'nginx.ingress.kubernetes.io/proxy-read-timeouts: "600"',
        ),
    ),
    broken(
        "an annotation has another controller's prefix",
        Edit(DEFAULTS, "nginx.ingress.kubernetes.io/proxy-buffering", "nginx.org/proxy-buffering"),
        Expected("warning ignored-annotation", DEFAULTS, 'nginx.org/proxy-buffering: "off"'),
    ),
    broken(
        "an annotation is no string",
        Edit(STG, 'ssl-redirect: "false"', "ssl-redirect: false"),
        Expected("error invalid-value", STG, "nginx.ingress.kubernetes.io/ssl-redirect: false"),
    ),
    broken(
        "a duration has a unit that nginx does not read",
        Edit(DEFAULTS, 'proxy-send-timeout: "600"', "proxy-send-timeout: 10m"),
        Expected(
            "warning invalid-annotation",
            DEFAULTS,
            "nginx.ingress.kubernetes.io/proxy-send-timeout: 10m",
        ),
    ),
    broken(
        "redirects contradict each other",
        Edit(
            STG,
            '    nginx.ingress.kubernetes.io/ssl-redirect: "false"',
            (
                '    nginx.ingress.kubernetes.io/ssl-redirect: "false"\n'
                '    nginx.ingress.kubernetes.io/force-ssl-redirect: "true"'
            ),
        ),
        Expected(
            "warning contradictory-redirect",
            STG,
            'nginx.ingress.kubernetes.io/ssl-redirect: "false"',
        ),
    ),
    broken(
        "answers are buffered",
        Edit(DEFAULTS, 'proxy-buffering: "off"', 'proxy-buffering: "on"'),
        Expected(
            "warning buffered-stream", DEFAULTS, 'nginx.ingress.kubernetes.io/proxy-buffering: "on"'
        ),
        Expected(
            "warning buffered-stream", DEFAULTS, 'nginx.ingress.kubernetes.io/proxy-buffering: "on"'
        ),
    ),
    broken(
        "nginx gives up before the model answers",
        Edit(DEFAULTS, 'proxy-read-timeout: "600"', 'proxy-read-timeout: "30"'),
        Expected(
            "warning buffered-stream",
            DEFAULTS,
            'nginx.ingress.kubernetes.io/proxy-read-timeout: "30"',
        ),
        Expected(
            "warning buffered-stream",
            DEFAULTS,
            'nginx.ingress.kubernetes.io/proxy-read-timeout: "30"',
        ),
    ),
    broken(
        "the challenge goes to an Ingress of its own",
        Edit(
            PROD,
            'acme.cert-manager.io/http01-edit-in-place: "true"',
            'acme.cert-manager.io/http01-edit-inplace: "true"',
        ),
        Expected(
            "warning ignored-annotation", PROD, 'acme.cert-manager.io/http01-edit-inplace: "true"'
        ),
    ),
    broken(
        "nobody issues the certificate",
        Edit(PROD, "    cert-manager.io/cluster-issuer: letsencrypt-prod\n", ""),
        Expected("info environment-parity", PROD, "annotations:"),
        Expected("warning unissued-certificate", PROD, "- secretName: llm-api-cocdev-co-kr-tls"),
    ),
    broken(
        "a rewrite names a group that the path lacks",
        Edit(
            STG,
            '    nginx.ingress.kubernetes.io/ssl-redirect: "false"',
            (
                '    nginx.ingress.kubernetes.io/ssl-redirect: "false"\n'
                "    nginx.ingress.kubernetes.io/rewrite-target: /$2"
            ),
        ),
        Expected("warning unmatched-rewrite", STG, "- path: /"),
    ),
    broken(
        "nginx refuses what the service takes",
        Edit(DEFAULTS, "proxy-body-size: 20m", "proxy-body-size: 8m"),
        Expected(
            "warning buffered-stream", DEFAULTS, "nginx.ingress.kubernetes.io/proxy-body-size: 8m"
        ),
        Expected(
            "warning buffered-stream", DEFAULTS, "nginx.ingress.kubernetes.io/proxy-body-size: 8m"
        ),
    ),
    broken(
        "two Certificates write one Secret",
        Edit(
            f"{TEMPLATES}/certificate.yaml",
            new=(
                "{{- with .Values.ingress.tls }}\n"
                "apiVersion: cert-manager.io/v1\n"
                "kind: Certificate\n"
                "metadata:\n"
                '  name: {{ include "plate-llm.fullname" $ }}\n'
                "  namespace: {{ $.Release.Namespace }}\n"
                "spec:\n"
                "  secretName: {{ (first .).secretName }}\n"
                "  dnsNames: {{- toYaml (first .).hosts | nindent 4 }}\n"
                "  issuerRef:\n"
                "    kind: ClusterIssuer\n"
                "    name: letsencrypt-prod\n"
                "{{- end }}\n"
            ),
        ),
        Expected("warning two-issuers", PROD, "cert-manager.io/cluster-issuer: letsencrypt-prod"),
        Expected("warning two-issuers", STG, "cert-manager.io/cluster-issuer: letsencrypt-prod"),
        Expected("error forbidden-by-project", PROJECT, "namespaceResourceWhitelist:"),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
