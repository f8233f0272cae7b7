{{/* Name of what belongs to a release, and the beginning of its pods' names. */}}
{{- define "millrace.name" -}}
{{- $release := .Release.Name -}}
{{- if contains "millrace" $release }}{{ $release }}{{ else }}{{ printf "%s-millrace" $release }}{{ end -}}
{{- end -}}

{{/* Labels that never change. */}}
{{- define "millrace.selector" -}}
app.kubernetes.io/name: millrace
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "millrace.labels" -}}
{{ include "millrace.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The four services in the order of their ports: `--http` + 0, 1, 2, 3; the scorer has the port of gRPC behind them, too. */}}
{{- define "millrace.services" -}}
ingest: { http: 8080 }
feature: { http: 8081 }
scorer: { http: 8082, grpc: 8084 }
monitor: { http: 8083 }
{{- end -}}

{{- define "millrace.image" -}}
{{- $image := mergeOverwrite (deepCopy .root.Values.image) (.service.image | default dict) -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "millrace.serviceAccount" -}}
{{ .Values.serviceAccountName | default (include "millrace.name" .) }}
{{- end -}}
