{{/* What the pipeline file says, as YAML: name, models, partitions. */}}
{{- define "millrace.pipeline" -}}
{{- $text := index .Values.pipeline.files "pipeline.yaml" -}}
{{- if not $text -}}
{{- fail "pipeline.files has no \"pipeline.yaml\"; give it by --set-file 'pipeline.files.pipeline\\.yaml=FILE', and each schema by its path there." -}}
{{- end -}}
{{- $file := fromYaml $text -}}
{{- if hasKey $file "Error" -}}
{{- fail (printf "pipeline.yaml is not YAML: %s. `millrace check` shows the place." $file.Error) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z0-9-]+$" ($file.name | default "" | toString)) -}}
{{- fail (printf "pipeline.yaml: name: found %q; allowed are a-z, 0-9 and -. `millrace check` checks the whole file." ($file.name | default "" | toString)) -}}
{{- end -}}
{{- range $type, $event := $file.events -}}
{{- if and (kindIs "map" $event) (hasKey $event "schema") (not (hasKey $.Values.pipeline.files $event.schema)) -}}
{{- fail (printf "pipeline.yaml names the schema %s; pipeline.files has %s. Give it, too." $event.schema (keys $.Values.pipeline.files | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- $models := $file.models | default "models" -}}
{{- $claim := .Values.models.claim -}}
{{- if not (regexMatch "^(s3://|/)" $models) -}}
{{- fail (printf "pipeline.yaml: models: found %q, which would be beside the pipeline file, in its ConfigMap; allowed are s3://bucket/prefix, or a folder with its whole path: %s (models.claim), or one in the image." $models $claim.mountPath) -}}
{{- end -}}
{{- if and $claim.name (not (hasPrefix $claim.mountPath $models)) -}}
{{- fail (printf "models.claim.name is %q, mounted at %s; pipeline.yaml has models: %s. Let one name the other, or leave the claim out." $claim.name $claim.mountPath $models) -}}
{{- end -}}
{{- dict "name" $file.name "models" $models "partitions" (dig "topics" "partitions" 4 $file) | toYaml -}}
{{- end -}}

{{/* What makes the feature set, of the text of a pipeline file, but for the order of events and the types of fields in schemas. */}}
{{- define "millrace.featureSetParts" -}}
{{- $file := fromYaml . -}}
{{- $events := dict -}}
{{- range $type, $event := $file.events -}}
{{- if and (kindIs "map" $event) (hasKey $event "schema") -}}
{{- $_ := set $events $type (pick $event "id" "time") -}}
{{- end -}}
{{- end -}}
{{- dict "events" $events "on" (dig "predict" "on" "" $file) "key" (dig "predict" "key" "" $file) "features" $file.features | toJson -}}
{{- end -}}

{{/* Refuses an upgrade by which the services of a feature set would be stopped before those of the next have taken over. */}}
{{- define "millrace.refuseOtherFeatureSet" -}}
{{- $running := lookup "v1" "ConfigMap" .Release.Namespace (printf "%s-pipeline" (include "millrace.name" .)) -}}
{{- if and $running (not .Values.pipeline.replaceFeatureSet) -}}
{{- $before := include "millrace.featureSetParts" (index $running.data "pipeline.yaml") -}}
{{- $after := include "millrace.featureSetParts" (index .Values.pipeline.files "pipeline.yaml") -}}
{{- if ne $before $after -}}
{{- fail (printf "pipeline.yaml: events, predict.on, predict.key or features are not those of the release %s that runs: that makes another feature set, which takes over from services that run. Install it as another release, beside this one (README.md, Upgrades); or, where what is not answered yet may stay so, set pipeline.replaceFeatureSet and `from`." .Release.Name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A path as a key of a ConfigMap, which may have no slash. */}}
{{- define "millrace.key" -}}
{{ replace "/" "--" . }}
{{- end -}}
