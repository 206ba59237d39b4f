{{/* spec of an ExternalSecret. Arguments: the root, the entry of externalSecrets or
     clusterExternalSecrets, the store's kind and name. */}}
{{- define "openbao.secretSpec" -}}
{{- $root := index . 0 }}
{{- $secret := index . 1 -}}
secretStoreRef:
  kind: {{ index . 2 }}
  name: {{ index . 3 }}
refreshPolicy: Periodic
refreshInterval: {{ include "openbao.refreshInterval" $root }}
target:
  name: {{ $secret.name }}
  creationPolicy: Owner
  # A path that is gone must not take a running application's Secret with it.
  deletionPolicy: Retain
  {{- if eq ($secret.type | default "Opaque") "kubernetes.io/dockerconfigjson" }}
  template: {{- include "openbao.dockerTemplate" . | nindent 4 }}
data:
  {{- range list "registry" "username" "password" }}
  - secretKey: {{ . }}
    remoteRef:
      key: {{ $secret.path }}
      property: {{ . }}
      {{- include "openbao.remoteRefDefaults" . | nindent 6 }}
  {{- end }}
{{- else }}
dataFrom:
  - extract:
      key: {{ $secret.path }}
      {{- include "openbao.remoteRefDefaults" . | nindent 6 }}
{{- end }}
{{- end }}

{{/* A registry login. The inner braces are for the operator, which fills them in; toJson there
     escapes whatever a password may hold. */}}
{{- define "openbao.dockerTemplate" -}}
type: kubernetes.io/dockerconfigjson
engineVersion: v2
mergePolicy: Replace
data:
  .dockerconfigjson: {{ `'{{ dict "auths" (dict .registry (dict "username" .username "password" .password "auth" (printf "%s:%s" .username .password | b64enc))) | toJson }}'` }}
{{- end }}

{{/* The operator writes durations back in Go's spelling; any other would be a difference for ever. */}}
{{- define "openbao.refreshInterval" -}}
{{- $interval := .Values.refreshInterval | toString }}
{{- if not (regexMatch "^([1-9][0-9]*h[0-5]?[0-9]m[0-5]?[0-9]s|[1-5]?[0-9]m[0-5]?[0-9]s|[1-5]?[0-9]s)$" $interval) }}
{{- fail (printf "refreshInterval is %q: write it as the operator does, for example 1h0m0s or 15m0s, or ArgoCD sees a difference for ever" $interval) }}
{{- end }}
{{- $interval }}
{{- end }}

{{/* Mistakes in a list of entries. Arguments: the list's name, the list, whether its store is on,
     the store's name in the values. Prints nothing. */}}
{{- define "openbao.checkSecrets" -}}
{{- $list := index . 0 }}
{{- $names := list }}
{{- if and (index . 1) (not (index . 2)) }}
{{- fail (printf "%s needs %s.enabled: nothing else could read the secrets" $list (index . 3)) }}
{{- end }}
{{- range $i, $secret := index . 1 }}
{{- if not (and $secret.name $secret.path) }}
{{- fail (printf "%s[%d] needs a name and a path" $list $i) }}
{{- end }}
{{- if not (has ($secret.type | default "Opaque") (list "Opaque" "kubernetes.io/dockerconfigjson")) }}
{{- fail (printf "%s[%d].type is %q: use Opaque or kubernetes.io/dockerconfigjson" $list $i $secret.type) }}
{{- end }}
{{- if has $secret.name $names }}
{{- fail (printf "%s names %s twice: both would write the same Secret" $list $secret.name) }}
{{- end }}
{{- $names = append $names $secret.name }}
{{- end }}
{{- end }}
