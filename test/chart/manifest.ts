/** A Kubernetes object, as far as tests look into it; that the rest is right is for the schemas to say. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Texts };
  readonly data: Texts;
  readonly spec: Spec;
}

export type Texts = Readonly<Record<string, string>>;

/** Fields of all kinds. */
interface Spec {
  readonly replicas?: number;
  readonly template: {
    readonly metadata: { readonly labels: Texts; readonly annotations: Texts };
    readonly spec: PodSpec;
  };
  readonly selector: Texts & { readonly matchLabels: Texts };
  readonly clusterIP?: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly maxReplicas: number;
  readonly maxReplicaCount: number;
  readonly triggers: readonly { readonly metadata: Texts; readonly authenticationRef?: { readonly name: string } }[];
  readonly secretTargetRef: readonly { readonly parameter: string; readonly name: string; readonly key: string }[];
  readonly podSelector: { readonly matchLabels: Texts };
  readonly ingress?: readonly Rule[];
  readonly egress: readonly Rule[];
  readonly jobLabel: string;
}

/** Of a NetworkPolicy. */
export interface Rule {
  readonly from?: readonly object[];
  readonly to?: readonly object[];
  readonly ports: readonly { readonly port: number | string }[];
}

export interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly hostNetwork?: boolean;
  readonly securityContext: object;
  readonly containers: readonly [Container];
  readonly volumes: readonly Volume[];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly resources: { readonly limits: Readonly<Record<string, unknown>> };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

interface Volume {
  readonly name: string;
  readonly configMap?: {
    readonly name: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
  readonly secret?: object;
  readonly emptyDir?: object;
  readonly persistentVolumeClaim?: object;
}
