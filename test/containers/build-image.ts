import { GenericContainer } from 'testcontainers';

const DOCKERFILE = 'deploy/docker/Dockerfile';

/** Builds the image of this checkout, to be removed when the tests end. What was built before comes from BuildKit's cache. */
export async function buildImage(version: string): Promise<string> {
  const tag = `millrace-test:${version}`;
  try {
    await GenericContainer.fromDockerfile('.', DOCKERFILE)
      .withBuildkit()
      .withBuildArgs({ VERSION: version })
      .build(tag, { deleteOnExit: true });
  } catch (error) {
    throw new Error(`the image cannot be built; \`docker build -f ${DOCKERFILE} .\` shows why`, { cause: error });
  }
  return tag;
}
