{{/* Labels of the pods of `helm test`: another name than the service's pods, so that its Service
     never routes to them. */}}
{{- define "plate-llm.testLabels" -}}
app.kubernetes.io/name: {{ include "plate-llm.name" . | trunc 58 }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* A pod of `helm test`. Arguments: the root, the test's name, the probe's arguments.
     `python -m service probe` sends one request and exits 0 if the answer is as expected. */}}
{{- define "plate-llm.testPod" -}}
{{- $root := index . 0 }}
{{- $values := $root.Values -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "plate-llm.fullname" $root }}-test-{{ index . 1 }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "plate-llm.commonLabels" $root | nindent 4 }}
    {{- include "plate-llm.testLabels" $root | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.podSecurityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: probe
      image: {{ include "plate-llm.image" $root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      {{- with $values.securityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      command:
        - python
        - -m
        - service
        - probe
        - --timeout
        - {{ $values.tests.timeoutSeconds | quote }}
        {{- range index . 2 }}
        - {{ . | quote }}
        {{- end }}
      resources:
        limits:
          cpu: 500m
          memory: 256Mi
        requests:
          cpu: 50m
          memory: 128Mi
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
