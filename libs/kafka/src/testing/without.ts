import { SAFEGUARDS, switchOff, type Safeguard } from '../safeguards.ts';

/** What the client does without one of its safeguards, to show what it is for. */
export async function without<T>(safeguard: Safeguard, run: () => Promise<T>): Promise<T> {
  const restore = switchOff(safeguard);
  try {
    return await run();
  } finally {
    restore();
  }
}

/** For a whole run of tests, which should then fail. @throws RangeError for a name that is none */
export function switchOffFor(name: string): void {
  if (!Object.hasOwn(SAFEGUARDS, name))
    throw new RangeError(`there is no safeguard ${name}; there are ${Object.keys(SAFEGUARDS).join(', ')}`);
  switchOff(name as Safeguard);
}
