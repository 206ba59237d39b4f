"""Workloads: what their pods refer to, how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import DEFAULTS, PROJECT, STG, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "a ConfigMap lacks the key that is read",
        (
            Edit(
                f"{TEMPLATES}/config.yaml",
                new=(
                    "apiVersion: v1\n"
                    "kind: ConfigMap\n"
                    "metadata:\n"
                    "  name: plate-llm-logging\n"
                    "  namespace: {{ .Release.Namespace }}\n"
                    "data:\n"
                    "  levels: info\n"
                ),
            ),
            Edit(
                STG,
                "networkPolicy:\n",
                (
                    "extraEnv:\n"
                    "  - name: LOG_LEVEL\n"
                    "    valueFrom:\n"
                    "      configMapKeyRef:\n"
                    "        name: plate-llm-logging\n"
                    "        key: level\n"
                    "\n"
                    "networkPolicy:\n"
                ),
            ),
        ),
        Expected("error missing-config-key", STG, "key: level"),
        Expected("error forbidden-by-project", PROJECT, "namespaceResourceWhitelist:"),
    ),
    broken(
        "a service account that nobody makes",
        Edit(
            STG,
            "networkPolicy:\n",
            ("serviceAccount:\n  create: false\n  name: plate-llm\n\nnetworkPolicy:\n"),
        ),
        Expected("info missing-service-account", STG, "name: plate-llm"),
    ),
    broken(
        "a claim that nobody makes",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            ("    emptyDir:\n      sizeLimit: {{ .Values.tmpVolume.sizeLimit }}"),
            ("    persistentVolumeClaim:\n      claimName: plate-llm-cache"),
        ),
        Expected(
            "info missing-volume-claim",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
        Expected(
            "info missing-volume-claim",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
    broken(
        "a mount names no volume",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            ("      - name: tmp\n        mountPath: /tmp"),
            ("      - name: temp\n        mountPath: /tmp"),
        ),
        Expected(
            "error missing-volume",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
        Expected(
            "error missing-volume",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
    broken(
        "the autoscaler names another Deployment",
        Edit(
            f"{TEMPLATES}/hpa.yaml",
            ('    name: {{ include "plate-llm.fullname" . }}\n  minReplicas'),
            ('    name: {{ include "plate-llm.name" . }}-web\n  minReplicas'),
        ),
        Expected(
            "error untargeted-autoscaler",
            f"{TEMPLATES}/hpa.yaml",
            'name: {{ include "plate-llm.name" . }}-web',
        ),
    ),
    broken(
        "autoscaler and Deployment fight",
        Edit(
            f"{TEMPLATES}/deployment.yaml",
            (
                "  {{- if not .Values.autoscaling.enabled }}\n"
                "  replicas: {{ .Values.replicaCount }}\n"
                "  {{- end }}"
            ),
            "  replicas: {{ .Values.replicaCount }}",
        ),
        Expected("warning fighting-replicas", DEFAULTS, "replicaCount: 1"),
    ),
    broken(
        "the autoscaler goes by a request that is gone",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            (
                "    {{- with .Values.resources }}\n"
                "    resources: {{- toYaml . | nindent 6 }}\n"
                "    {{- end }}\n"
            ),
            "",
        ),
        Expected(
            "warning unmeasured-autoscaler",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
    broken(
        "the budget selects no pod",
        Edit(
            f"{TEMPLATES}/pdb.yaml",
            'matchLabels: {{- include "plate-llm.selectorLabels" . | nindent 6 }}',
            'matchLabels: {{- include "plate-llm.testLabels" . | nindent 6 }}',
        ),
        Expected(
            "error unselected-budget",
            f"{TEMPLATES}/pdb.yaml",
            'matchLabels: {{- include "plate-llm.testLabels" . | nindent 6 }}',
        ),
    ),
    broken(
        "the budget allows no disruption",
        Edit(
            f"{TEMPLATES}/pdb.yaml",
            "  maxUnavailable: {{ $budget.maxUnavailable }}",
            "  maxUnavailable: 0",
        ),
        Expected(
            "warning blocking-disruption-budget", f"{TEMPLATES}/pdb.yaml", "maxUnavailable: 0"
        ),
    ),
    broken(
        "the token is mounted",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            ("automountServiceAccountToken: false\n# Var"),
            ("automountServiceAccountToken: true\n# Var"),
        ),
        Expected(
            "info mounted-token",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
    ),
    broken(
        "a selector is not the pods' labels",
        Edit(
            f"{TEMPLATES}/deployment.yaml",
            ('      labels:\n        {{- include "plate-llm.selectorLabels" . | nindent 8 }}\n'),
            ('      labels:\n        {{- include "plate-llm.testLabels" . | nindent 8 }}\n'),
        ),
        Expected(
            "error unmatched-selector",
            f"{TEMPLATES}/deployment.yaml",
            'matchLabels: {{- include "plate-llm.selectorLabels" . | nind…',
        ),
        Expected(
            "error unmatched-selector",
            f"{TEMPLATES}/deployment.yaml",
            'matchLabels: {{- include "plate-llm.selectorLabels" . | nind…',
        ),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
