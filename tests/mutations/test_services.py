"""Services, their ports, and who reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import DEFAULTS, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "the Service selects by another label",
        Edit(
            f"{TEMPLATES}/service.yaml",
            'selector: {{- include "plate-llm.selectorLabels" . | nindent 4 }}',
            (
                "selector:\n"
                "    app.kubernetes.io/name: {{ .Chart.Name }}\n"
                "    app.kubernetes.io/instance: {{ .Release.Name }}"
            ),
        ),
        Expected(
            "error unselected-service",
            f"{TEMPLATES}/service.yaml",
            "app.kubernetes.io/name: {{ .Chart.Name }}",
        ),
        Expected(
            "error unselected-service",
            f"{TEMPLATES}/service.yaml",
            "app.kubernetes.io/name: {{ .Chart.Name }}",
        ),
    ),
    broken(
        "the container port has another name",
        Edit(f"{TEMPLATES}/_pod.tpl", "      - name: http\n", "      - name: web\n"),
        Expected(
            "error unserved-target-port",
            f"{TEMPLATES}/service.yaml",
            'targetPort: {{ $target | default "http" }}',
        ),
        Expected(
            "error unserved-target-port",
            f"{TEMPLATES}/service.yaml",
            'targetPort: {{ $target | default "http" }}',
        ),
        Expected("error misdirected-probe", DEFAULTS, "port: http"),
    ),
    broken(
        "the policy lets nobody reach the service",
        Edit(
            f"{TEMPLATES}/networkpolicy.yaml",
            "        - port: {{ .Values.port }}\n",
            "        - port: {{ .Values.service.port }}\n",
        ),
        Expected(
            "error unserved-policy-port",
            f"{TEMPLATES}/networkpolicy.yaml",
            "- port: {{ .Values.service.port }}",
        ),
        gap="no rule reads the ports of NetworkPolicies",
    ),
    broken(
        "the monitor selects no Service",
        Edit(
            f"{TEMPLATES}/metrics.yaml",
            (
                "    matchLabels:\n"
                '      {{- include "plate-llm.selectorLabels" . | nindent 6 }}\n'
                "      app.kubernetes.io/component: metrics"
            ),
            (
                "    matchLabels:\n"
                '      {{- include "plate-llm.selectorLabels" . | nindent 6 }}\n'
                "      app.kubernetes.io/component: monitoring"
            ),
        ),
        Expected(
            "warning unselected-monitor",
            f"{TEMPLATES}/metrics.yaml",
            "app.kubernetes.io/component: monitoring",
        ),
        gap="no rule reads the selectors of ServiceMonitors",
    ),
    broken(
        "a target port has another number",
        Edit(
            f"{TEMPLATES}/service.yaml",
            'targetPort: {{ $target | default "http" }}',
            "targetPort: 8080",
        ),
        Expected("warning unserved-target-port", f"{TEMPLATES}/service.yaml", "targetPort: 8080"),
        Expected("warning unserved-target-port", f"{TEMPLATES}/service.yaml", "targetPort: 8080"),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
