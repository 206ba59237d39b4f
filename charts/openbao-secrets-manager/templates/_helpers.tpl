{{- define "openbao.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: plate
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Fields of a remote reference that the operator would fill in: written out, because ArgoCD
     compares lists as a whole and would undo the operator's additions for ever. */}}
{{- define "openbao.remoteRefDefaults" -}}
conversionStrategy: Default
decodingStrategy: None
metadataPolicy: None
nullBytePolicy: Ignore
{{- end }}
