{{/* Arguments: the root, the names of all variables. Models with which the service would not start.
     Where a Secret names models, only the service knows all of their names. */}}
{{- define "plate-llm.checkModels" -}}
{{- $llm := (index . 0).Values.llm }}
{{- $variables := index . 1 }}
{{- $models := include "plate-llm.models" $llm | fromYamlArray }}
{{- $production := eq $llm.environment "production" }}
{{- range $model := $models }}
{{- if and $production (hasPrefix "builtin:" $model.model) }}
{{- fail (printf "%s names the built-in model while llm.environment is production" $model.from) }}
{{- end }}
{{- if and (hasPrefix "openai-compatible:" $model.model) (not (hasKey $variables "LLM_BASE_URL")) }}
{{- fail (printf "%s is openai-compatible, which needs llm.baseUrl" $model.from) }}
{{- end }}
{{- end }}
{{- range $i, $name := $llm.fallbackModels }}
{{- if and $production (hasPrefix "builtin:" $name) }}
{{- fail (printf "llm.fallbackModels[%d] names the built-in model while llm.environment is production" $i) }}
{{- end }}
{{- end }}
{{- $hidden := and (not $llm.modelName) (hasKey $variables "LLM_MODEL_NAME") }}
{{- if not (or $hidden (and (not $llm.models) (hasKey $variables "LLM_MODELS"))) }}
{{- include "plate-llm.checkModelNames" (list $models $llm.fallbackModels) }}
{{- end }}
{{- end }}

{{/* Arguments: the models, the fallbacks. Names that two models have, and fallbacks that none has. */}}
{{- define "plate-llm.checkModelNames" -}}
{{- $known := dict }}
{{- $specs := dict }}
{{- range $model := index . 0 }}
{{- $_ := set $specs $model.model true }}
{{- range $name := $model.names }}
{{- if hasKey $known $name }}
{{- fail (printf "the model %s is named twice, by %s and by %s" $name (get $known $name) $model.from) }}
{{- end }}
{{- $_ := set $known $name $model.from }}
{{- end }}
{{- end }}
{{- range $i, $name := index . 1 }}
{{- if not (or (hasKey $known $name) (hasKey $specs $name)) }}
{{- fail (printf "llm.fallbackModels[%d] (%s) is none of the models: add it to llm.models" $i $name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The models that llm names, as YAML: a list of {model, from, names}. llm.modelName's comes first,
     unless llm.models has an entry for the same model, which then takes its place. */}}
{{- define "plate-llm.models" -}}
{{- $models := list }}
{{- $repeated := false }}
{{- range $i, $entry := .models }}
{{- $given := kindIs "string" $entry | ternary (dict "model" $entry) $entry }}
{{- $from := printf "llm.models[%d]" $i }}
{{- if not $given.model }}
{{- fail (printf "%s needs a model: <provider>:<model>" $from) }}
{{- end }}
{{- $repeated = or $repeated (eq $given.model (toString $.modelName)) }}
{{- $name := $given.name | default (regexReplaceAll "^[^:]*:" $given.model "") }}
{{- $names := concat (list $name) ($given.aliases | default list) }}
{{- $models = append $models (dict "model" $given.model "from" $from "names" $names) }}
{{- end }}
{{- if and .modelName (not $repeated) }}
{{- $name := regexReplaceAll "^[^:]*:" .modelName "" }}
{{- $models = prepend $models (dict "model" .modelName "from" "llm.modelName" "names" (list $name)) }}
{{- end }}
{{- toYaml $models }}
{{- end }}
