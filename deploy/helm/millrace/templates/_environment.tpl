{{/* Environment of a container: docs/configuration.md has what each variable means. */}}
{{- define "millrace.environment" -}}
{{- $values := .root.Values -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: MILLRACE_SESSION_TIMEOUT
  value: {{ $values.sessionTimeout | int64 | quote }}
- name: LOG_LEVEL
  value: {{ $values.logLevel }}
- name: MILLRACE_API_KEYS
  {{- include "millrace.fromSecret" (list $values.apiKeys.secret $values.apiKeys.keys) | nindent 2 }}
{{ include "millrace.kafkaEnvironment" $values.kafka }}
{{- if hasPrefix "s3://" .pipeline.models }}
{{ include "millrace.storeEnvironment" $values.models.s3 }}
{{- end }}
{{- with $values.telemetry }}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_TRACES_SAMPLER
  value: {{ .sampler }}
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ .ratio | quote }}
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME)
{{- end }}
{{- end }}
{{- range $name, $value := .service.model }}
{{- if $value }}
- name: MILLRACE_MODEL_{{ upper $name }}
  value: {{ $value | int64 | quote }}
{{- end }}
{{- end }}
{{- with concat $values.extraEnv (.service.extraEnv | default list) }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The value of a key in a Secret: name, key. */}}
{{- define "millrace.fromSecret" -}}
valueFrom: { secretKeyRef: { name: {{ index . 0 | quote }}, key: {{ index . 1 | quote }} } }
{{- end -}}

{{- define "millrace.kafkaEnvironment" -}}
- name: KAFKA_BROKERS
  value: {{ join "," .brokers | quote }}
- name: KAFKA_SECURITY_PROTOCOL
  value: {{ ternary (ternary "SASL_SSL" "SSL" (ne .sasl.mechanism "")) (ternary "SASL_PLAINTEXT" "PLAINTEXT" (ne .sasl.mechanism "")) .tls.enabled }}
{{- with .sasl }}
{{- if .mechanism }}
- name: KAFKA_SASL_MECHANISM
  value: {{ .mechanism }}
- name: KAFKA_SASL_USERNAME
  {{- include "millrace.fromSecret" (list .secret .username) | nindent 2 }}
- name: KAFKA_SASL_PASSWORD
  {{- include "millrace.fromSecret" (list .secret .password) | nindent 2 }}
{{- end }}
{{- if .tokenUrl }}
- name: KAFKA_SASL_OAUTH_TOKEN_URL
  value: {{ .tokenUrl | quote }}
{{- end }}
{{- if .scope }}
- name: KAFKA_SASL_OAUTH_SCOPE
  value: {{ .scope | quote }}
{{- end }}
{{- end }}
{{- if and .tls.enabled .tls.secret }}
{{- range $variable := list "ca" "cert" "key" }}
{{- with index $.tls $variable }}
- name: KAFKA_SSL_{{ upper $variable }}
  value: /etc/millrace/kafka/{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "millrace.storeEnvironment" -}}
- name: AWS_REGION
  value: {{ .region | quote }}
{{- if .endpoint }}
- name: AWS_ENDPOINT_URL_S3
  value: {{ .endpoint | quote }}
{{- end }}
{{- if .secret }}
- name: AWS_ACCESS_KEY_ID
  {{- include "millrace.fromSecret" (list .secret .accessKeyId) | nindent 2 }}
- name: AWS_SECRET_ACCESS_KEY
  {{- include "millrace.fromSecret" (list .secret .secretAccessKey) | nindent 2 }}
{{- if .sessionToken }}
- name: AWS_SESSION_TOKEN
  {{- include "millrace.fromSecret" (list .secret .sessionToken) | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}
