{{/* At most one pod per partition: one more would have none. */}}
{{- define "millrace.most" -}}
{{ .service.autoscaling.max | default .pipeline.partitions | int }}
{{- end -}}

{{/* Each pod that comes or goes moves partitions, whose state is restored: quickly out, slowly in. */}}
{{- define "millrace.behavior" -}}
scaleUp:
  stabilizationWindowSeconds: 30
  policies: [{ type: Percent, value: 100, periodSeconds: 60 }]
scaleDown:
  stabilizationWindowSeconds: {{ .Values.autoscaling.scaleDownAfter }}
  policies: [{ type: Pods, value: 1, periodSeconds: 120 }]
{{- end -}}

{{/* The services that are scaled, as `millrace.services`. */}}
{{- define "millrace.scaled" -}}
{{- range $name, $ports := fromYaml (include "millrace.services" .) }}
{{- if (index $.Values $name).autoscaling.enabled }}
{{ dict $name $ports | toYaml }}
{{- end }}
{{- end }}
{{- end -}}
