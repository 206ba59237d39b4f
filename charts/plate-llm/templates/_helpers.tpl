{{/* The chart's name in labels, at most 63 characters as a label value. */}}
{{- define "plate-llm.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of the objects: the release's, followed by the chart's unless that is in it already.
     52 characters leave room for the suffixes -metrics, -post-sync and -test-smoke. */}}
{{- define "plate-llm.fullname" -}}
{{- $name := include "plate-llm.name" . }}
{{- $generated := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $generated .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* What selects the pods. Kubernetes never lets it change, so it holds nothing that could. */}}
{{- define "plate-llm.selectorLabels" -}}
app.kubernetes.io/name: {{ include "plate-llm.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "plate-llm.labels" -}}
{{ include "plate-llm.commonLabels" . }}
{{ include "plate-llm.selectorLabels" . }}
{{- end }}

{{/* Labels that differ between versions or say where an object comes from: never in a selector. */}}
{{- define "plate-llm.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: plate
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "plate-llm.serviceAccountName" -}}
{{- $generated := .Values.serviceAccount.create | ternary (include "plate-llm.fullname" .) "default" }}
{{- default $generated .Values.serviceAccount.name }}
{{- end }}

{{/* repository:tag, or repository:tag@digest. */}}
{{- define "plate-llm.image" -}}
{{- $tag := kindIs "invalid" .Values.image.tag | ternary .Chart.AppVersion (toString .Values.image.tag) }}
{{- if not $tag }}
{{- fail "image.tag is empty: give a tag, or null for the chart's appVersion" }}
{{- end }}
{{- printf "%s:%s" .Values.image.repository $tag }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* A peer of a NetworkPolicy: pods with these labels, in a namespace or ("") in the own one. */}}
{{- define "plate-llm.peer" -}}
{{- with .namespace -}}
namespaceSelector:
  matchLabels:
    kubernetes.io/metadata.name: {{ . }}
{{ end -}}
podSelector:
  {{- if .podLabels }}
  matchLabels: {{- toYaml .podLabels | nindent 4 }}
  {{- else }} {}
  {{- end }}
{{- end }}
