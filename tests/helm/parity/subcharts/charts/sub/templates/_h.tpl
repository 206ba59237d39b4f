{{- define "sub.label" -}}sub-label{{- end -}}
