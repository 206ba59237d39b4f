{{/* The pod of the Deployment. */}}
{{- define "plate-llm.podSpec" -}}
serviceAccountName: {{ include "plate-llm.serviceAccountName" . }}
automountServiceAccountToken: false
# Variables of other Services would be taken for ours (a Service `cache` makes CACHE_PORT).
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.shutdown.gracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
containers:
  - name: plate-llm
    image: {{ include "plate-llm.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    {{- with .Values.securityContext }}
    securityContext: {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      - name: http
        containerPort: {{ .Values.port }}
        protocol: TCP
      - name: metrics
        containerPort: {{ .Values.metrics.port }}
        protocol: TCP
    env: {{- include "plate-llm.env" . | trim | nindent 6 }}
    {{- range $probe := list "startupProbe" "livenessProbe" "readinessProbe" }}
    {{- with get $.Values $probe }}
    {{ $probe }}: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- end }}
    {{- with .Values.shutdown.preStopSeconds }}
    lifecycle:
      preStop:
        # The kubelet sleeps: the image relies on no shell.
        sleep:
          seconds: {{ . }}
    {{- end }}
    {{- with .Values.resources }}
    resources: {{- toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      - name: tmp
        mountPath: /tmp
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: {{ .Values.tmpVolume.sizeLimit }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{ toYaml . | indent 4 | trim }}
    {{- if not .labelSelector }}
    labelSelector:
      matchLabels: {{- include "plate-llm.selectorLabels" $ | nindent 8 }}
    {{- end }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
