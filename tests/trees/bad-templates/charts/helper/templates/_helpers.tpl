{{- define "helper.host" -}}
{{- if .Values.hosts -}}
{{ index .Values.hosts 0 }}
{{- else -}}
{{ fail "hosts is empty" }}
{{- end -}}
{{- end -}}
