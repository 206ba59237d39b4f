{{/* Labels of the pods that try the service: another name than the service's own pods, so that its
     Service never routes to them. */}}
{{- define "plate-llm.testLabels" -}}
app.kubernetes.io/name: {{ include "plate-llm.name" . | trunc 58 }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* A pod that tries the service, through DNS and Service, and exits 0 if all is as expected. */}}
{{- define "plate-llm.testPodSpec" -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: probe
    image: {{ include "plate-llm.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    {{- with .Values.securityContext }}
    securityContext: {{- toYaml . | nindent 6 }}
    {{- end }}
    command: {{- include "plate-llm.testCommand" . | trim | nindent 6 }}
    {{- with include "plate-llm.testEnv" . }}
    env: {{- . | nindent 6 }}
    {{- end }}
    resources:
      limits:
        cpu: 500m
        memory: 256Mi
      requests:
        cpu: 50m
        memory: 128Mi
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Which release has to run is known where the tag names one, and no digest decides instead. */}}
{{- define "plate-llm.testCommand" -}}
{{- $tag := kindIs "invalid" .Values.image.tag | ternary .Chart.AppVersion (toString .Values.image.tag) }}
- python
- -m
- service
- probe
- smoke
- {{ printf "http://%s:%v" (include "plate-llm.fullname" .) .Values.service.port | quote }}
- --expect-auth
- {{ .Values.auth.mode | quote }}
{{- if and (not .Values.image.digest) (regexMatch "^v?[0-9]+[.][0-9]+[.][0-9]+" $tag) }}
- --expect-version
- {{ trimPrefix "v" $tag | quote }}
{{- end }}
- --wait
- {{ .Values.tests.waitSeconds | quote }}
- --timeout
- {{ .Values.tests.timeoutSeconds | quote }}
{{- if .Values.tests.chat }}
- --chat
{{- end }}
{{- end }}

{{/* Of the service's env what tokens are made with, and of its Secrets that one key; nothing where
     no token is to be made. */}}
{{- define "plate-llm.testEnv" -}}
{{- if .Values.tests.withToken }}
{{- $names := list "AUTH_JWT_SECRET" "AUTH_AUDIENCE" "AUTH_ISSUER" "PLATE_API_URL" "AUTH_SCOPES" "AUTH_TENANT_CLAIM" }}
{{- $env := list }}
{{- range include "plate-llm.env" . | fromYamlArray }}
{{- if has .name $names }}
{{- $env = append $env . }}
{{- end }}
{{- end }}
{{- toYaml $env }}
{{- end }}
{{- end }}
