"""A chart in the manner of the large public collections: a library, `tpl` everywhere, globals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.provenance.tracer import DocumentId, Field, ValueTracer
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

LIBRARY = """\
{{- define "lib.render" -}}
{{- $text := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" (toJson .value) }}{{ tpl $text .context }}{{ else }}{{ $text }}{{ end }}
{{- end }}
{{- define "lib.merge" -}}
{{- $merged := dict -}}
{{- range .values -}}
{{- $rendered := include "lib.render" (dict "value" . "context" $.context) | fromYaml }}
{{- $merged = merge $merged $rendered -}}
{{- end -}}
{{ $merged | toYaml }}
{{- end }}
{{- define "lib.name" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride | trunc 63 }}
{{- else }}{{ default .Chart.Name .Values.nameOverride }}{{ end }}
{{- end }}
{{- define "lib.labels" -}}
{{- $own := dict "app" (include "lib.name" .context) -}}
{{- if .customLabels }}
{{- include "lib.merge" (dict "values" (list .customLabels $own) "context" .context) }}
{{- else }}{{ toYaml $own }}{{ end }}
{{- end }}
{{- define "lib.image" -}}
{{- $registry := default .imageRoot.registry ((.global).imageRegistry) -}}
{{- $separator := ":" }}{{ $end := .imageRoot.tag | toString -}}
{{- if .imageRoot.digest }}{{ $separator = "@" }}{{ $end = .imageRoot.digest | toString }}{{ end -}}
{{ printf "%s/%s%s%s" $registry .imageRoot.repository $separator $end }}
{{- end }}
{{- define "lib.pullSecrets" -}}
{{- $names := list }}
{{- range .global.imagePullSecrets }}{{ $names = append $names . }}{{ end }}
{{- range .images }}{{ range .pullSecrets }}
{{- if kindIs "map" . }}{{ $names = append $names .name }}{{ else }}{{ $names = append $names . }}
{{- end }}{{ end }}{{ end }}
{{- range $names | uniq }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- define "app.validate" -}}
{{- $messages := list }}
{{- $messages = append $messages (include "app.validate.mode" .) }}
{{- $messages = without $messages "" }}
{{- $message := join "\\n" $messages }}
{{- if $message }}{{ printf "VALUES: %s" $message | fail }}{{ end }}
{{- end }}
{{- define "app.validate.mode" -}}
{{- if and (ne .Values.mode "one") (ne .Values.mode "many") }}mode{{ end }}
{{- end }}
"""
DEPLOYMENT = """\
{{- include "app.validate" . }}
kind: Deployment
metadata:
  name: {{ include "lib.name" . }}
  labels:
    {{- $labels := dict "customLabels" .Values.commonLabels "context" $ }}
    {{- include "lib.labels" $labels | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    metadata:
      annotations:
        checksum: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
    spec:
      {{- $pull := dict "images" (list .Values.image .Values.metrics.image) }}
      {{- $pull = merge $pull (dict "global" .Values.global) }}
      imagePullSecrets: {{ include "lib.pullSecrets" $pull | nindent 8 }}
      containers:
        - image: {{ include "lib.image" (dict "imageRoot" .Values.image "global" .Values.global) }}
          {{- if .Values.extraEnv }}
          env:
            {{- $env := dict "value" .Values.extraEnv "context" $ }}
            {{- include "lib.render" $env | nindent 12 }}
          {{- end }}
          {{- if .Values.resources }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
          {{- else if ne .Values.resourcesPreset "none" }}
          resources: {preset: {{ .Values.resourcesPreset }}}
          {{- end }}
          {{- if .Values.livenessProbe.enabled }}
          {{- $probe := omit .Values.livenessProbe "enabled" }}
          livenessProbe: {{- toYaml $probe | nindent 12 }}
          {{- end }}
        {{- if .Values.metrics.enabled }}
        {{- $image := dict "imageRoot" .Values.metrics.image "global" .Values.global }}
        - image: {{ include "lib.image" $image }}
        {{- end }}
"""
FILES = {
    "values.yaml": """\
global: {imageRegistry: "", imagePullSecrets: []}
nameOverride: ""
fullnameOverride: ""
commonLabels: {}
mode: one
replicaCount: 1
autoscaling: {enabled: false}
image: {registry: docker.example, repository: app, tag: "1", digest: "", pullSecrets: []}
metrics:
  enabled: false
  image: {registry: docker.example, repository: exporter, tag: "2", digest: "", pullSecrets: []}
extraEnv: []
extraDeploy: []
resources: {}
resourcesPreset: nano
livenessProbe: {enabled: true, periodSeconds: 10}
config: {level: info}
""",
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "charts/lib/templates/_lib.tpl": LIBRARY,
    "templates/deployment.yaml": DEPLOYMENT,
    "templates/config.yaml": (
        "kind: ConfigMap\nmetadata: {name: config}\ndata:\n"
        "  {{- range $key, $value := .Values.config }}\n  {{ $key }}: {{ $value }}\n  {{- end }}\n"
    ),
    "templates/extra.yaml": (
        "{{- range .Values.extraDeploy }}\n---\n"
        '{{ include "lib.render" (dict "value" . "context" $) }}\n{{- end }}\n'
    ),
}
VALUES: dict[str, Any] = {
    "global": {"imageRegistry": "harbor.example", "storageClass": "fast"},
    "commonLabels": {"team": "{{ .Values.team }}"},
    "team": "core",
    "mode": "many",
    "image": {"registry": "other.example", "tag": "3", "pullSecrets": ["one"], "pullPolicy": "x"},
    "metrics": {"image": {"tag": "4"}},
    "extraEnv": [{"name": "A", "value": "{{ .Values.secretName }}"}],
    "secretName": "s",
    "extraDeploy": [{"kind": "Secret", "metadata": {"name": "x"}}],
    "resources": {"limits": {"cpu": "1"}},
    "resourcesPreset": "micro",
    "livenessProbe": {"periodSeconds": 5},
    "config": {"level": "debug"},
    "configs": {"level": "debug"},
}  # fmt: skip


@pytest.fixture
def request_(
    make_chart: Callable[..., Path], request_for: Callable[..., RenderRequest]
) -> RenderRequest:
    return request_for(make_chart(FILES), VALUES)


def test_each_value_is_judged_rightly(engine: EmbeddedEngine, request_: RenderRequest) -> None:
    verdicts = ValueTracer(engine).verdicts(request_)
    gated = {
        format_route(each.route): [format_route(switch.route) for switch in each.switches]
        for each in verdicts
        if each.kind.value == "gated"
    }
    dead = [format_route(each.route) for each in verdicts if each.kind.value == "dead"]
    possibly = [format_route(each.route) for each in verdicts if each.kind.value == "possibly-dead"]
    assert gated == {
        "image.registry": ["global.imageRegistry"],
        "metrics.image.tag": ["metrics.enabled"],
        "resourcesPreset": ["resources"],
    }
    assert (dead, possibly) == (["global.storageClass", "image.pullPolicy", "configs"], [])


CONTAINER = ("spec", "template", "spec", "containers", 0)


@pytest.mark.parametrize(
    ("route", "values"),
    [
        (
            (*CONTAINER, "image"),
            ["global.imageRegistry", "image.repository", "image.tag", "image.digest"],
        ),
        ((*CONTAINER, "env", 0, "value"), ["secretName"]),
        ((*CONTAINER, "livenessProbe", "periodSeconds"), ["livenessProbe.periodSeconds"]),
        ((*CONTAINER, "resources", "limits", "cpu"), ["resources.limits.cpu"]),
        (("metadata", "labels", "team"), ["team"]),
        (("spec", "replicas"), ["replicaCount"]),
    ],
)
def test_each_field_leads_back_to_its_values(
    engine: EmbeddedEngine,
    request_: RenderRequest,
    route: tuple[str | int, ...],
    values: list[str],
) -> None:
    trace = ValueTracer(engine).trace(request_)
    document = DocumentId("Deployment", "demo")
    found = trace.explain(Field("demo/templates/deployment.yaml", document, route))
    assert [format_route(origin.route) for origin in found] == values
