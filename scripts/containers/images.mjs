import { readFileSync } from 'node:fs';

/** The reaper of testcontainers, in the version that it starts. */
const REAPER = process.env.RYUK_CONTAINER_IMAGE || 'testcontainers/ryuk:0.14.0';

/** The images that are not ours, by what they are for, as the Dockerfile and `docker-compose.yml` name them. */
export function foreignImages() {
  const dockerfile = readFileSync('deploy/docker/Dockerfile', 'utf8');
  const compose = readFileSync('docker-compose.yml', 'utf8');
  const ofService = (service) => new RegExp(`^  ${service}:\n    image: (\\S+)$`, 'm').exec(compose)[1];
  return {
    node: /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)[1],
    kafka: ofService('kafka'),
    jaeger: ofService('jaeger'),
    prometheus: ofService('prometheus'),
    reaper: REAPER,
  };
}
