import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The kinds that the chart makes without more being asked for, by their paths. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'api/v1': ['ConfigMap', 'Service', 'ServiceAccount'],
  'apis/apps/v1': ['StatefulSet'],
  'apis/policy/v1': ['PodDisruptionBudget'],
  'apis/networking.k8s.io/v1': ['NetworkPolicy'],
};
const NOT_FOUND = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };

/** As much of a Kubernetes API server as Helm asks before an upgrade: which kinds it knows, and what there is: one ConfigMap. */
export class ApiServer {
  readonly #answers: Readonly<Record<string, object>>;
  readonly #server: Server;

  /** @param release that the ConfigMap is of */
  constructor(release: string, namespace: string, name: string, data: Readonly<Record<string, string>>) {
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const annotations = { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace };
    const found = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace, labels, annotations }, data };
    this.#answers = { ...discovery(), [`/api/v1/namespaces/${namespace}/configmaps/${name}`]: found };
    this.#server = createServer(({ url = '' }, response) => {
      const answer = this.#answers[url.split('?')[0] as string];
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? NOT_FOUND));
    });
  }

  /** @returns its address */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function discovery(): Record<string, object> {
  const lists = Object.entries(KINDS).map(([path, kinds]) => [`/${path}`, resourceList(path, kinds)] as const);
  const groups = Object.keys(KINDS).flatMap((path) => (path.startsWith('apis/') ? [group(versionOf(path))] : []));
  return {
    '/version': { major: '1', minor: '37', gitVersion: 'v1.37.0' },
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups },
    ...Object.fromEntries(lists),
  };
}

const versionOf = (path: string): string => path.replace(/^apis?\//, '');

function group(groupVersion: string): object {
  const [name, version] = groupVersion.split('/');
  const served = { groupVersion, version };
  return { name, versions: [served], preferredVersion: served };
}

function resourceList(path: string, kinds: readonly string[]): object {
  const resources = kinds.map((kind) => {
    const name = kind.toLowerCase().replace(/y$/, 'ie');
    return { name: `${name}s`, singularName: kind.toLowerCase(), namespaced: true, kind, verbs: ['get'] };
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: versionOf(path), resources };
}
