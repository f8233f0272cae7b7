import { askEngine, pullImage } from '../log/docker-engine.mjs';
import { foreignImages } from './images.mjs';

/**
 * Sees that the tests in containers have what they need: a Docker engine, and in it the images that are not built here.
 *
 * @throws Error of one line that says which of the two is missing, and why
 */
export async function findEngine({ say = () => {} } = {}) {
  try {
    await askEngine();
  } catch (error) {
    throw new Error(`no Docker engine answers (${firstLine(error)})`, { cause: error });
  }
  for (const image of Object.values(foreignImages())) {
    try {
      await pullImage(image, say);
    } catch (error) {
      throw new Error(
        `a Docker engine answers, but the image ${image} is not in it and cannot be pulled (${firstLine(error)})`,
        { cause: error },
      );
    }
  }
}

function firstLine(error) {
  return String(error.message).split('\n', 1)[0];
}
