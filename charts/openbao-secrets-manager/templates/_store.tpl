{{/* spec of a SecretStore or ClusterSecretStore. Arguments: the root, whether it is the cluster's.
     Only there may a reference name a namespace. */}}
{{- define "openbao.storeSpec" -}}
{{- $root := index . 0 }}
{{- $cluster := index . 1 }}
{{- $openbao := $root.Values.openbao }}
{{- if and $openbao.caProvider.namespace (not $cluster) }}
{{- fail "openbao.caProvider.namespace is for the cluster store: a SecretStore reads its own namespace only" }}
{{- end -}}
provider:
  # OpenBao speaks Vault's protocol.
  vault:
    server: {{ $openbao.server | quote }}
    path: {{ $openbao.mount }}
    version: v2
    {{- with $openbao.caProvider }}
    caProvider: {{- toYaml . | nindent 6 }}
    {{- end }}
    auth: {{- include "openbao.auth" . | nindent 6 }}
{{- end }}

{{/* The store's login. Arguments as above. */}}
{{- define "openbao.auth" -}}
{{- $root := index . 0 }}
{{- $cluster := index . 1 }}
{{- $auth := $root.Values.openbao.auth }}
{{- if eq $auth.method "kubernetes" -}}
kubernetes:
  mountPath: {{ $auth.kubernetes.mountPath }}
  role: {{ required "openbao.auth.kubernetes.role is empty: name the role in OpenBao that may read these paths" $auth.kubernetes.role }}
  serviceAccountRef:
    name: {{ required "openbao.auth.kubernetes.serviceAccount.name is empty: name the service account that the role is bound to" $auth.kubernetes.serviceAccount.name }}
    {{- if $cluster }}
    namespace: {{ $auth.kubernetes.serviceAccount.namespace | default $root.Release.Namespace }}
    {{- end }}
    {{- with $auth.kubernetes.audiences }}
    audiences: {{- toYaml . | nindent 6 }}
    {{- end }}
{{- else if eq $auth.method "token" -}}
tokenSecretRef:
  name: {{ required "openbao.auth.token.secretName is empty: name the Secret that holds the token" $auth.token.secretName }}
  key: {{ $auth.token.secretKey }}
  {{- if $cluster }}
  namespace: {{ $auth.token.namespace | default $root.Release.Namespace }}
  {{- end }}
{{- else }}
{{- fail (printf "openbao.auth.method is %q: use kubernetes or token" $auth.method) }}
{{- end }}
{{- end }}
