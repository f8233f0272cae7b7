import { randomUUID } from 'node:crypto';

import { GenericContainer } from 'testcontainers';

const DOCKERFILE = 'deploy/docker/Dockerfile';

/** Builds the image of this checkout, to be removed when the tests end. What was built before comes from BuildKit's cache. */
export async function buildImage(version: string): Promise<string> {
  // a name of its own: a build that fails is told from one that went well by whether its image is there
  const image = `millrace-test-${randomUUID().slice(0, 8)}:${version}`;
  try {
    await GenericContainer.fromDockerfile('.', DOCKERFILE)
      .withBuildkit()
      .withBuildArgs({ VERSION: version })
      .build(image, { deleteOnExit: true });
  } catch (error) {
    throw new Error(`the image cannot be built; \`DOCKER_BUILDKIT=1 docker build -f ${DOCKERFILE} .\` shows why`, {
      cause: error,
    });
  }
  return image;
}
