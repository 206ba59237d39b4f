{{/* The plain settings that are set, as YAML: NAME: {value, from}. null and "" leave one out; 0 and
     false are values. Whole numbers are spelled out, which Helm would print as 1e+06. */}}
{{- define "plate-llm.settings" -}}
{{- $drain := sub (sub .Values.shutdown.gracePeriodSeconds .Values.shutdown.preStopSeconds) 5 }}
{{- range list
  (list "PORT" "port" .Values.port)
  (list "METRICS_PORT" "metrics.port" .Values.metrics.port)
  (list "SHUTDOWN_GRACE_SECONDS" "shutdown.gracePeriodSeconds" $drain)
  (list "LLM_MODEL_NAME" "llm.modelName" .Values.llm.modelName)
  (list "LLM_MODELS" "llm.models" .Values.llm.models)
  (list "LLM_FALLBACK_MODELS" "llm.fallbackModels" .Values.llm.fallbackModels)
  (list "LLM_TEMPERATURE" "llm.temperature" .Values.llm.temperature)
  (list "LLM_MAX_TOKENS" "llm.maxTokens" .Values.llm.maxTokens)
  (list "LLM_BASE_URL" "llm.baseUrl" .Values.llm.baseUrl)
  (list "LLM_ENVIRONMENT" "llm.environment" .Values.llm.environment)
  (list "AUTH_MODE" "auth.mode" .Values.auth.mode)
  (list "AUTH_JWKS_URL" "auth.jwksUrl" .Values.auth.jwksUrl)
  (list "AUTH_ISSUER" "auth.issuer" .Values.auth.issuer)
  (list "AUTH_AUDIENCE" "auth.audience" .Values.auth.audience)
  (list "PLATE_API_URL" "plateApi.url" .Values.plateApi.url)
  (list "CACHE_URL" "cache.url" .Values.cache.url)
  (list "LANGCHAIN_TRACING_V2" "tracing.enabled" .Values.tracing.enabled)
  (list "LANGCHAIN_PROJECT" "tracing.project" .Values.tracing.project)
}}
{{- $value := index . 2 }}
{{- if kindIs "slice" $value }}
{{- $value = empty $value | ternary "" (toJson $value) }}
{{- else if and (kindIs "float64" $value) (eq (toString $value) (toString (floor $value))) }}
{{- $value = int64 $value }}
{{- end }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
{{ index . 0 }}: {value: {{ toString $value | toJson }}, from: {{ index . 1 }}}
{{- end }}
{{- end }}
{{- end }}

{{/* The container's env: plain settings, then Secrets, then extraEnv, which may refer to both. */}}
{{- define "plate-llm.env" -}}
{{- range $name, $setting := include "plate-llm.settings" . | fromYaml }}
- name: {{ $name }}
  value: {{ $setting.value | quote }}
{{- end }}
{{- if .Values.appSecrets.enabled }}
{{- range .Values.appSecrets.envVars }}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secretName | default $.Values.appSecrets.secretName }}
      key: {{ .secretKey }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Names of the Secrets that env reads, each once, separated by commas. */}}
{{- define "plate-llm.secretNames" -}}
{{- $names := list }}
{{- range .Values.appSecrets.envVars }}
{{- $names = append $names (.secretName | default $.Values.appSecrets.secretName) }}
{{- end }}
{{- $names | uniq | sortAlpha | join "," }}
{{- end }}
