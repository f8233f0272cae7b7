import { encodeMarker } from '../runner/marker.ts';

/** A commit's metadata as of a stage that keeps nothing of its own. */
export function markerText(number: number, keepFrom = 0): string {
  return encodeMarker({ number, keepFrom, partitions: 1, tries: null, skipped: [], body: new Uint8Array() });
}
