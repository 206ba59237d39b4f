{{/* The plain settings that are set, as YAML: NAME: {value, from}. null and "" leave one out; 0 and
     false are values. Whole numbers are spelled out, which Helm would print as 1e+06. */}}
{{- define "plate-llm.settings" -}}
{{- $stopping := .Values.shutdown }}
{{- $drain := add $stopping.preStopSeconds $stopping.delaySeconds 3 | sub $stopping.gracePeriodSeconds }}
{{- range list
  (list "PORT" "port" .Values.port)
  (list "METRICS_PORT" "metrics.port" .Values.metrics.port)
  (list "LLM_MODEL_NAME" "llm.modelName" .Values.llm.modelName)
  (list "LLM_MODELS" "llm.models" .Values.llm.models)
  (list "LLM_FALLBACK_MODELS" "llm.fallbackModels" .Values.llm.fallbackModels)
  (list "LLM_TEMPERATURE" "llm.temperature" .Values.llm.temperature)
  (list "LLM_MAX_TOKENS" "llm.maxTokens" .Values.llm.maxTokens)
  (list "LLM_BASE_URL" "llm.baseUrl" .Values.llm.baseUrl)
  (list "ANTHROPIC_BASE_URL" "llm.anthropicBaseUrl" .Values.llm.anthropicBaseUrl)
  (list "LLM_ENVIRONMENT" "llm.environment" .Values.llm.environment)
  (list "LLM_DROP_UNSUPPORTED" "llm.dropUnsupported" .Values.llm.dropUnsupported)
  (list "LLM_PASSTHROUGH" "llm.passthrough" .Values.llm.passthrough)
  (list "LLM_TIMEOUT_SECONDS" "llm.timeoutSeconds" .Values.llm.timeoutSeconds)
  (list "LLM_FIRST_TOKEN_SECONDS" "llm.firstTokenSeconds" .Values.llm.firstTokenSeconds)
  (list "LLM_STALL_SECONDS" "llm.stallSeconds" .Values.llm.stallSeconds)
  (list "LLM_RETRIES" "llm.retries" .Values.llm.retries)
  (list "AUTH_MODE" "auth.mode" .Values.auth.mode)
  (list "AUTH_JWKS_URL" "auth.jwksUrl" .Values.auth.jwksUrl)
  (list "AUTH_PUBLIC_KEY" "auth.publicKey" .Values.auth.publicKey)
  (list "AUTH_ISSUER" "auth.issuer" .Values.auth.issuer)
  (list "AUTH_AUDIENCE" "auth.audience" .Values.auth.audience)
  (list "AUTH_SCOPES" "auth.scopes" .Values.auth.scopes)
  (list "AUTH_LEEWAY_SECONDS" "auth.leewaySeconds" .Values.auth.leewaySeconds)
  (list "AUTH_TENANT_CLAIM" "auth.tenantClaim" .Values.auth.tenantClaim)
  (list "PLATE_API_URL" "plateApi.url" .Values.plateApi.url)
  (list "CACHE_URL" "cache.url" .Values.cache.url)
  (list "CACHE_TTL_SECONDS" "cache.ttlSeconds" .Values.cache.ttlSeconds)
  (list "CACHE_SHARED" "cache.shared" .Values.cache.shared)
  (list "CACHE_MEMORY_MEGABYTES" "cache.memoryMegabytes" .Values.cache.memoryMegabytes)
  (list "LIMIT_REQUESTS_PER_MINUTE" "limits.requestsPerMinute" .Values.limits.requestsPerMinute)
  (list "LIMIT_TOKENS_PER_MINUTE" "limits.tokensPerMinute" .Values.limits.tokensPerMinute)
  (list "LIMIT_CONCURRENCY" "limits.concurrency" .Values.limits.concurrency)
  (list "LIMIT_QUEUE" "limits.queue" .Values.limits.queue)
  (list "LIMIT_QUEUE_SECONDS" "limits.queueSeconds" .Values.limits.queueSeconds)
  (list "LIMIT_BODY_MEGABYTES" "limits.bodyMegabytes" .Values.limits.bodyMegabytes)
  (list "LIMIT_MESSAGES" "limits.messages" .Values.limits.messages)
  (list "LIMIT_IMAGE_MEGABYTES" "limits.imageMegabytes" .Values.limits.imageMegabytes)
  (list "HTTP_ALLOWED_HOSTS" "http.allowedHosts" (include "plate-llm.allowedHosts" .))
  (list "HTTP_CORS_ORIGINS" "http.corsOrigins" .Values.http.corsOrigins)
  (list "PLAYGROUND_ENABLED" "playground.enabled" .Values.playground.enabled)
  (list "LANGCHAIN_TRACING_V2" "tracing.enabled" .Values.tracing.enabled)
  (list "LANGCHAIN_PROJECT" "tracing.project" .Values.tracing.project)
  (list "LANGCHAIN_ENDPOINT" "tracing.endpoint" .Values.tracing.endpoint)
  (list "LANGCHAIN_TRACING_SAMPLING_RATE" "tracing.samplingRate" .Values.tracing.samplingRate)
  (list "LOG_LEVEL" "log.level" .Values.log.level)
  (list "LOG_PROMPTS" "log.prompts" .Values.log.prompts)
  (list "SHUTDOWN_DELAY_SECONDS" "shutdown.delaySeconds" .Values.shutdown.delaySeconds)
  (list "SHUTDOWN_GRACE_SECONDS" "shutdown.gracePeriodSeconds" $drain)
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

{{/* http.allowedHosts as JSON with the names under which the pods are reached anyway: the Service's,
     for clients and `helm test`, and those of the Ingress. Nothing where any host is allowed. */}}
{{- define "plate-llm.allowedHosts" -}}
{{- if .Values.http.allowedHosts }}
{{- $name := include "plate-llm.fullname" . }}
{{- $hosts := append .Values.http.allowedHosts $name }}
{{- range list "" ".svc" ".svc.cluster.local" }}
{{- $hosts = append $hosts (printf "%s.%s%s" $name $.Release.Namespace .) }}
{{- end }}
{{- if .Values.ingress.enabled }}
{{- range .Values.ingress.hosts }}
{{- $hosts = append $hosts .host }}
{{- end }}
{{- end }}
{{- $hosts | uniq | toJson }}
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
