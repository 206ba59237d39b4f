{{/* Mistakes between values of env, which the schema of one value cannot see. Prints nothing. */}}
{{- define "plate-llm.checkEnv" -}}
{{- $settings := include "plate-llm.settings" . | fromYaml }}
{{- $seen := dict }}
{{- range $name, $setting := $settings }}
{{- $_ := set $seen $name $setting.from }}
{{- if regexMatch "://[^/@]*:[^/@]+@" $setting.value }}
{{- fail (printf "%s holds a password, which would lie readable in Git: put %s into appSecrets.envVars" $setting.from $name) }}
{{- end }}
{{- end }}
{{- if .Values.appSecrets.enabled }}
{{- range $i, $var := .Values.appSecrets.envVars }}
{{- $route := printf "appSecrets.envVars[%d]" $i }}
{{- if not (and $var.name $var.secretKey) }}
{{- fail (printf "%s needs a name and a secretKey" $route) }}
{{- end }}
{{- if not ($var.secretName | default $.Values.appSecrets.secretName) }}
{{- fail (printf "%s (%s) names no Secret: set its secretName or appSecrets.secretName" $route $var.name) }}
{{- end }}
{{- include "plate-llm.checkOnce" (list $seen $var.name $route) }}
{{- end }}
{{- end }}
{{- range $i, $var := .Values.extraEnv }}
{{- include "plate-llm.checkOnce" (list $seen $var.name (printf "extraEnv[%d]" $i)) }}
{{- end }}
{{- include "plate-llm.checkAuth" (list . $seen) }}
{{- include "plate-llm.checkModels" (list . $seen) }}
{{- include "plate-llm.checkTests" (list . $seen) }}
{{- if and .Values.tracing.enabled (not (hasKey $seen "LANGCHAIN_API_KEY")) }}
{{- fail "tracing.enabled needs LANGCHAIN_API_KEY in appSecrets.envVars" }}
{{- end }}
{{- end }}

{{/* Arguments: names seen so far with their routes, a name, its route. */}}
{{- define "plate-llm.checkOnce" -}}
{{- $seen := index . 0 }}
{{- $name := index . 1 }}
{{- if hasKey $seen $name }}
{{- fail (printf "%s is set twice, by %s and by %s: keep one" $name (get $seen $name) (index . 2)) }}
{{- end }}
{{- $_ := set $seen $name (index . 2) }}
{{- end }}

{{/* Arguments: the root, the names of all variables. What the service would refuse at its start. */}}
{{- define "plate-llm.checkAuth" -}}
{{- $values := (index . 0).Values }}
{{- $names := index . 1 }}
{{- $key := false }}
{{- range list "AUTH_JWT_SECRET" "AUTH_JWKS_URL" "AUTH_PUBLIC_KEY" "PLATE_API_URL" }}
{{- $key = or $key (hasKey $names .) }}
{{- end }}
{{- if and (eq $values.auth.mode "jwt") (not $key) }}
{{- fail "auth.mode is jwt, but nothing gives a key: set plateApi.url, auth.jwksUrl, auth.publicKey or AUTH_JWT_SECRET in appSecrets.envVars" }}
{{- end }}
{{- if contains "PRIVATE KEY" (toString $values.auth.publicKey) }}
{{- fail "auth.publicKey holds a private key, which would lie readable in Git: tokens are verified with the public half" }}
{{- end }}
{{- if and (eq $values.llm.environment "production") (eq $values.auth.mode "none") }}
{{- fail "auth.mode is none while llm.environment is production: use jwt" }}
{{- end }}
{{- end }}

{{/* Arguments: the root, the names of all variables. What the pods that try the service cannot do. */}}
{{- define "plate-llm.checkTests" -}}
{{- $values := (index . 0).Values }}
{{- $names := index . 1 }}
{{- if and $values.tests.withToken (not (hasKey $names "AUTH_JWT_SECRET")) }}
{{- fail "tests.withToken needs AUTH_JWT_SECRET in appSecrets.envVars: no other key makes tokens" }}
{{- end }}
{{- if and $values.tests.chat (eq $values.auth.mode "jwt") (not $values.tests.withToken) }}
{{- fail "tests.chat needs tests.withToken: the service answers nobody without a token" }}
{{- end }}
{{- end }}
