"""Templates: boundaries, indentation, fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutations.breakage import Edit, Expected, broken, rows
from tests.mutations.paths import DEFAULTS, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutations.breakage import Breakage

BREAKAGES = (
    broken(
        "a marker swallows the line before",
        Edit(
            f"{TEMPLATES}/deployment.yaml",
            ("spec:\n  {{- if not .Values.autoscaling.enabled }}"),
            ("spec:\n  {{- if not .Values.autoscaling.enabled -}}"),
        ),
        Expected(
            "error render-failed",
            f"{TEMPLATES}/deployment.yaml",
            "{{- if not .Values.autoscaling.enabled -}}",
        ),
        gap="the line where YAML breaks is named, not the marker three lines above",
    ),
    broken(
        "two documents lose their boundary",
        Edit(f"{TEMPLATES}/metrics.yaml", ("      protocol: TCP\n---\n"), "      protocol: TCP\n"),
        Expected(
            "error duplicate-manifest-key",
            f"{TEMPLATES}/metrics.yaml",
            "apiVersion: monitoring.coreos.com/v1",
        ),
    ),
    broken(
        "labels are indented too little",
        Edit(
            f"{TEMPLATES}/service.yaml",
            'labels: {{- include "plate-llm.labels" . | nindent 4 }}',
            'labels: {{- include "plate-llm.labels" . | nindent 2 }}',
        ),
        Expected(
            "error invalid-manifest",
            f"{TEMPLATES}/service.yaml",
            'labels: {{- include "plate-llm.labels" . | nindent 2 }}',
        ),
    ),
    broken(
        "nindent is missing",
        Edit(
            f"{TEMPLATES}/service.yaml",
            'selector: {{- include "plate-llm.selectorLabels" . | nindent 4 }}',
            'selector: {{- include "plate-llm.selectorLabels" . }}',
        ),
        Expected(
            "error render-failed",
            f"{TEMPLATES}/service.yaml",
            'selector: {{- include "plate-llm.selectorLabels" . }}',
        ),
        gap="the line after is named, where YAML breaks",
    ),
    broken(
        "a key is rendered twice",
        Edit(
            f"{TEMPLATES}/service.yaml",
            "  type: {{ .Values.service.type }}\n",
            ("  type: {{ .Values.service.type }}\n  type: ClusterIP\n"),
        ),
        Expected(
            "error duplicate-manifest-key",
            f"{TEMPLATES}/service.yaml",
            "type: ClusterIP",
            'the key "type" is set more than once in this mapping',
        ),
    ),
    broken(
        "a template that is included does not exist",
        Edit(
            f"{TEMPLATES}/pdb.yaml",
            'labels: {{- include "plate-llm.labels" .',
            'labels: {{- include "plate-llm.label" .',
        ),
        Expected(
            "error render-failed",
            f"{TEMPLATES}/pdb.yaml",
            'labels: {{- include "plate-llm.label" . | nindent 4 }}',
            'there is no template "plate-llm.label"',
        ),
    ),
    broken(
        "a value is misspelt in a template",
        Edit(
            f"{TEMPLATES}/hpa.yaml",
            "maxReplicas: {{ $scaling.maxReplicas }}",
            "maxReplicas: {{ $scaling.maxReplica }}",
        ),
        Expected(
            "error invalid-manifest",
            f"{TEMPLATES}/hpa.yaml",
            "spec:",
            'required field "maxReplicas" is null, which counts as missing',
        ),
    ),
    broken(
        "a field of the object is misspelt",
        Edit(
            f"{TEMPLATES}/pdb.yaml", "  unhealthyPodEvictionPolicy:", "  unhealthyPodEvictionPolcy:"
        ),
        Expected(
            "error invalid-manifest",
            f"{TEMPLATES}/pdb.yaml",
            "unhealthyPodEvictionPolcy: {{ $budget.unhealthyPodEvictionPolicy }}",
            'unknown field "unhealthyPodEvictionPolcy"',
        ),
    ),
    broken(
        "a number becomes a string",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            "containerPort: {{ .Values.port }}",
            "containerPort: {{ .Values.port | quote }}",
        ),
        Expected(
            "error invalid-manifest", DEFAULTS, "port: 8000", 'expected integer, got string "8000"'
        ),
    ),
    broken(
        "an API version is gone",
        Edit(
            f"{TEMPLATES}/hpa.yaml",
            "apiVersion: autoscaling/v2\n",
            "apiVersion: autoscaling/v2beta2\n",
        ),
        Expected(
            "error unavailable-api", f"{TEMPLATES}/hpa.yaml", "apiVersion: autoscaling/v2beta2"
        ),
    ),
    broken(
        "an object is rendered twice",
        Edit(
            f"{TEMPLATES}/account.yaml",
            new=(
                "apiVersion: v1\n"
                "kind: ServiceAccount\n"
                "metadata:\n"
                '  name: {{ include "plate-llm.serviceAccountName" . }}\n'
                "  namespace: {{ .Release.Namespace }}\n"
                "automountServiceAccountToken: false\n"
            ),
        ),
        Expected(
            "warning duplicate-object",
            f"{TEMPLATES}/serviceaccount.yaml",
            'name: {{ include "plate-llm.serviceAccountName" . }}',
        ),
        Expected(
            "warning duplicate-object",
            f"{TEMPLATES}/serviceaccount.yaml",
            'name: {{ include "plate-llm.serviceAccountName" . }}',
        ),
    ),
    broken(
        "a marker takes the line break before a boundary",
        Edit(
            f"{TEMPLATES}/metrics.yaml",
            ("      protocol: TCP\n---\n"),
            ("      protocol: TCP\n{{- /* its monitor */ -}}\n---\n"),
        ),
        Expected(
            "error duplicate-manifest-key",
            f"{TEMPLATES}/metrics.yaml",
            "apiVersion: monitoring.coreos.com/v1",
        ),
    ),
    broken(
        "a block is indented too little",
        Edit(
            f"{TEMPLATES}/_pod.tpl",
            "    securityContext: {{- toYaml . | nindent 6 }}",
            "    securityContext: {{- toYaml . | nindent 4 }}",
        ),
        Expected(
            "info weak-pod-security",
            f"{TEMPLATES}/deployment.yaml",
            'spec: {{- include "plate-llm.podSpec" . | nindent 6 }}',
        ),
        Expected("error invalid-manifest", DEFAULTS, "allowPrivilegeEscalation: false"),
    ),
)


@rows(BREAKAGES)
def test_one_breakage_is_found_where_it_is(
    breakage: Breakage, is_found: Callable[[Breakage], None]
) -> None:
    is_found(breakage)
