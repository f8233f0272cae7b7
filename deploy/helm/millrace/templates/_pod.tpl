{{/* Spec of a pod of one service. */}}
{{- define "millrace.pod" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ include "millrace.serviceAccount" .root }}
automountServiceAccountToken: false
# Variables for each Service of the namespace might be taken for settings.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
{{- with $values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "runtimeClassName" "nodeSelector" "tolerations" "affinity" }}
{{- with index $.service $key }}
{{ dict $key . | toYaml }}
{{- end }}
{{- end }}
{{- with $values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- merge (deepCopy .) (dict "labelSelector" (dict "matchLabels" (fromYaml (include "millrace.componentSelector" $)))) | toYaml | nindent 4 }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
containers:
  - name: {{ .name }}
    image: {{ include "millrace.image" . | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    # The pod's name, which lasts: a restarted pod is the same member of its group, with the same partitions.
    args: [up, --only, {{ .name }}, --host, 0.0.0.0, --instance, $(POD_NAME){{ with $values.from }}, --from, {{ . | quote }}{{ end }}]
    env: {{- include "millrace.environment" . | nindent 6 }}
    ports:
      {{- range $port, $number := .ports }}
      - { name: {{ $port }}, containerPort: {{ $number }} }
      {{- end }}
    # The door of the scorer opens when its model is there. Restoring state is a matter of readiness: it has no limit.
    startupProbe:
      httpGet: { path: /health/live, port: http }
      periodSeconds: 5
      timeoutSeconds: 5
      failureThreshold: 120
    livenessProbe:
      httpGet: { path: /health/live, port: http }
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: { path: /health/ready, port: http }
      periodSeconds: 5
      timeoutSeconds: 5
      failureThreshold: 3
    {{- if .service.service }}
    # Works on meanwhile: until nobody is sent to its doors any more.
    lifecycle: { preStop: { sleep: { seconds: 5 } } }
    {{- end }}
    resources: {{- toYaml .service.resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    volumeMounts:
      - { name: pipeline, mountPath: /pipeline, readOnly: true }
      - { name: tmp, mountPath: /tmp }
      {{- if $values.kafka.tls.secret }}
      - { name: kafka, mountPath: /etc/millrace/kafka, readOnly: true }
      {{- end }}
      {{- with $values.models.claim }}
      {{- if .name }}
      - name: models
        mountPath: {{ .mountPath | quote }}
        readOnly: true
        {{- with .subPath }}
        subPath: {{ . | quote }}
        {{- end }}
      {{- end }}
      {{- end }}
volumes:
  - name: pipeline
    configMap:
      name: {{ include "millrace.name" .root }}-pipeline
      items:
        {{- range $path, $_ := $values.pipeline.files }}
        - { key: {{ include "millrace.key" $path | quote }}, path: {{ $path | quote }} }
        {{- end }}
  - name: tmp
    emptyDir: { sizeLimit: {{ ternary $values.models.s3.cacheSize "64Mi" (hasPrefix "s3://" .pipeline.models) }} }
  {{- with $values.kafka.tls.secret }}
  - name: kafka
    secret: { secretName: {{ . | quote }}, defaultMode: 0440 }
  {{- end }}
  {{- with $values.models.claim.name }}
  - name: models
    persistentVolumeClaim: { claimName: {{ . | quote }}, readOnly: true }
  {{- end }}
{{- end -}}

{{- define "millrace.componentSelector" -}}
{{ include "millrace.selector" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "millrace.componentLabels" -}}
{{ include "millrace.labels" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}
