"""Pods: probes, variables, images, and how much they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import DEFAULTS, PROD, STG, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "a probe asks at a port of no container",
        Edit(
            DEFAULTS,
            ("readinessProbe:\n  httpGet:\n    path: /readyz\n    port: http"),
            ("readinessProbe:\n  httpGet:\n    path: /readyz\n    port: 8080"),
        ),
        Expected("warning misdirected-probe", DEFAULTS, "port: 8080"),
    ),
    broken(
        "a probe names a port that is not there",
        Edit(
            DEFAULTS,
            ("livenessProbe:\n  httpGet:\n    path: /livez\n    port: http"),
            ("livenessProbe:\n  httpGet:\n    path: /livez\n    port: https"),
        ),
        Expected("error misdirected-probe", DEFAULTS, "port: https"),
    ),
    broken(
        "PORT is not the container's port",
        Edit(
            f"{TEMPLATES}/_env.tpl",
            '(list "PORT" "port" .Values.port)',
            '(list "PORT" "port" .Values.service.port)',
        ),
        Expected("error port-variable-mismatch", DEFAULTS, "port: 80"),
    ),
    broken(
        "a variable refers to a later one",
        Edit(
            PROD,
            "podDisruptionBudget:\n",
            (
                "extraEnv:\n"
                "  - name: HTTPS_PROXY\n"
                "    value: http://$(PROXY_HOST):3128\n"
                "  - name: PROXY_HOST\n"
                "    value: proxy.cocdev.co.kr\n"
                "\n"
                "podDisruptionBudget:\n"
            ),
        ),
        Expected("error misordered-variable", PROD, "value: http://$(PROXY_HOST):3128"),
    ),
    broken(
        "the chart misspells a variable",
        Edit(
            f"{TEMPLATES}/_env.tpl",
            '(list "CACHE_URL" "cache.url"',
            '(list "CACHE_URI" "cache.url"',
        ),
        Expected(
            "warning unread-variable",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
    broken(
        "a required variable is missing",
        Edit(
            f"{TEMPLATES}/_env.tpl",
            '  (list "LLM_MODEL_NAME" "llm.modelName" .Values.llm.modelName)\n',
            "",
        ),
        Expected(
            "error missing-variable",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
    broken(
        "production runs a moving tag",
        Edit(PROD, 'tag: "0.1.0"', "tag: latest"),
        Expected("warning mutable-image", PROD, "tag: latest"),
    ),
    broken(
        "a moving tag stays on the node",
        Edit(STG, "  pullPolicy: Always\n", ""),
        Expected("warning mutable-image", STG, "tag: stg"),
    ),
    broken(
        "the container may run as root",
        Edit(DEFAULTS, ("  runAsNonRoot: true\n  runAsUser: 10001\n"), "  runAsUser: 0\n"),
        Expected("info weak-pod-security", DEFAULTS, "runAsUser: 0"),
    ),
    broken(
        "the container is privileged",
        Edit(
            DEFAULTS,
            ("securityContext:\n  allowPrivilegeEscalation: false\n"),
            ("securityContext:\n  privileged: true\n"),
        ),
        Expected("warning privileged-pod", DEFAULTS, "privileged: true"),
        Expected("warning privileged-pod", DEFAULTS, "privileged: true"),
        Expected("info privileged-pod", DEFAULTS, "privileged: true"),
        Expected("info privileged-pod", DEFAULTS, "privileged: true"),
        Expected("info privileged-pod", DEFAULTS, "privileged: true"),
        Expected("info privileged-pod", DEFAULTS, "privileged: true"),
    ),
    broken(
        "the pod has the network of its node",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            ("enableServiceLinks: false\n{{- with .Values.imagePull"),
            ("enableServiceLinks: false\nhostNetwork: true\n{{- with .Values.imagePull"),
        ),
        Expected(
            "warning privileged-pod",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
        Expected(
            "warning privileged-pod",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
