import type { StartedTestContainer } from 'testcontainers';

/** What a container answers at a path, as JSON. */
export async function answer(container: StartedTestContainer, port: number, path: string): Promise<unknown> {
  return (await fetch(`http://${container.getHost()}:${container.getMappedPort(port)}${path}`)).json();
}
